using Retort.Tensors;

namespace Retort.Asking.Inventing;

/// <summary>
/// New prompts that a language model writes from a few of a person's: Wang et al. 2022, Self-Instruct (arXiv 2212.10560), section 2.2,
/// whose figures are the defaults.
/// </summary>
public sealed record InventingOrder
{
    /// <summary>A person's prompts.</summary>
    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>New ones that are wanted.</summary>
    public required int Count { get; init; }

    /// <summary>How requests are sent, and for how much; its prompts are not looked at.</summary>
    public required AskingOrder Asking { get; init; }

    /// <summary>What they are about, in turn; empty = words of the seeds.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>New prompts that one request asks for.</summary>
    public int PerRequest { get; init; } = 8;

    /// <summary>Of the prompts that a request shows: so many of the person's, and of those that were invented before.</summary>
    public int SeedExamples { get; init; } = 6;
    public int InventedExamples { get; init; } = 2;

    /// <summary>ROUGE-L to any other prompt from which on a new one is too near.</summary>
    public double TooNear { get; init; } = 0.7;
    public int FewestWords { get; init; } = 3;
    public int MostWords { get; init; } = 150;

    /// <summary>Words that no prompt may have: pictures and files, for a model that only reads and writes.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>Which prompts a request shows.</summary>
    public Seed Draws { get; init; } = new(1);

    /// <summary>Rounds in a row without anything new, after which nothing more is paid for.</summary>
    public int Patience { get; init; } = 5;
}

/// <param name="Text">The prompt.</param>
/// <param name="Topic">What it was asked to be about, or a word of it.</param>
public sealed record InventedPrompt(string Text, string Topic);

/// <param name="Text">The prompt, or the whole reply where it is no list of prompts.</param>
/// <param name="Reason">Why it is not taken.</param>
public sealed record RefusedPrompt(string Text, string Reason);

/// <summary>What came of an order.</summary>
/// <param name="Prompts">New ones, in the order they came.</param>
/// <param name="Refused">With reasons.</param>
/// <param name="Coverage">Topics and how many of the new prompts each has.</param>
/// <param name="Asking">Requests, and what the folder has cost; its accepted and rejected count prompts.</param>
public sealed record InventingResult(IReadOnlyList<InventedPrompt> Prompts, IReadOnlyList<RefusedPrompt> Refused,
    IReadOnlyList<(string Topic, int Prompts)> Coverage, AskingResult Asking);
