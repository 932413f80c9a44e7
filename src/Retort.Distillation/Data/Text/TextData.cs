using System.Security.Cryptography;
using System.Text;
using Retort.Data.Traces;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>Whether an answer to a prompt is right.</summary>
public interface IAnswerCheck
{
    /// <param name="prompt">What was asked.</param>
    /// <param name="expected">The answer that stands in the data.</param>
    /// <param name="answer">What a model said.</param>
    bool IsRight(string prompt, string expected, string answer);

    /// <summary>As <see cref="IsRight"/>; null = it could not be found out, which is not wrong.</summary>
    bool? Judge(string prompt, string expected, string answer) => IsRight(prompt, expected, answer);

    /// <summary>Why some could not be judged; empty = all were.</summary>
    string Ungraded => "";
}

/// <summary>The answer of the data, blanks around it aside.</summary>
public sealed class ExactCheck : IAnswerCheck
{
    public bool IsRight(string prompt, string expected, string answer) => answer.Trim() == expected.Trim();
}

/// <summary>Texts for a language model. Train for fitting, Validation for every choice, Test read once in eval.</summary>
public sealed record TextData(TextPart Train, TextPart Validation, TextPart Test, TextTokenizer Tokenizer, int ContextLength)
{
    /// <summary>What a teacher that is trained here learns from.</summary>
    public TextPart ForTeacher { get; init; } = Train;

    /// <summary>Prompts that a teacher answers where its texts are the labels: those of the training part, and further ones.</summary>
    public TextPart Asked { get; init; } = Train;

    /// <summary>Pairs of answers of the training part; empty = nobody said which is better.</summary>
    public IReadOnlyList<TextPair> Pairs { get; init; } = [];

    /// <summary>Pairs of the test part.</summary>
    public IReadOnlyList<TextPair> PairsOfTest { get; init; } = [];

    /// <summary>[asked] what a teacher wrote about each of the prompts before this run; null = nothing is recorded.</summary>
    public IReadOnlyList<IReadOnlyList<RecordedText>>? Recorded { get; init; }

    /// <summary>[test] all that was written about the test part's prompts before this run.</summary>
    public IReadOnlyList<IReadOnlyList<RecordedText>> RecordedTextsOfTest { get; init; } = [];

    /// <summary>[test] what that teacher answered to the test part's prompts; null = it did not.</summary>
    public IReadOnlyList<string?> RecordedOfTest { get; init; } = [];

    /// <summary>What is asked; empty = the rows ask nothing.</summary>
    public IReadOnlyList<TextPrompt> PromptsOfTrain { get; init; } = [];
    public IReadOnlyList<TextPrompt> PromptsOfValidation { get; init; } = [];
    public IReadOnlyList<TextPrompt> PromptsOfTest { get; init; } = [];

    /// <summary>What else the rows say, of the prompts of each part.</summary>
    public IReadOnlyList<RowFields> FieldsOfTrain { get; init; } = [];
    public IReadOnlyList<RowFields> FieldsOfValidation { get; init; } = [];
    public IReadOnlyList<RowFields> FieldsOfTest { get; init; } = [];

    /// <summary>[validation], [test] of which part of the questions each is; empty = nobody said.</summary>
    public IReadOnlyList<string> SlicesOfValidation { get; init; } = [];
    public IReadOnlyList<string> SlicesOfTest { get; init; } = [];

    /// <summary>From what a teacher wrote about each training prompt to <see cref="Recorded"/>; null = it is not asked.</summary>
    public Func<IReadOnlyList<IReadOnlyList<string>>, IReadOnlyList<IReadOnlyList<RecordedText>>>? RecordedFrom { get; init; }

    /// <summary>The validation part of who learns what a teacher wrote.</summary>
    public TextPart OfThoughts { get; init; } = Validation;

    /// <summary>Null where only a likelihood can be measured.</summary>
    public IAnswerCheck? Check { get; init; }

    /// <summary>Tokens of the longest answer to a prompt of the test part that may be given: a little more than the data's own.</summary>
    public int LongestAnswerOfTest => Test.Documents.Max(document => document.Answer.Length) + LongerBy;
    private const int LongerBy = 2;

    /// <summary>
    /// The first documents of the test part: what is read of each made worse by a function of a text and a seed of its own, what is to be
    /// said left as it is. Those that no longer fit into the context are left out. Null where no text may be changed: a typo in a sum is
    /// another sum.
    /// </summary>
    public Func<Func<string, Seed, string>, Seed, IReadOnlyList<TextDocument>>? Worse { get; init; }

    /// <summary>What happened to rows while they were read, whole sentences.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>SHA-256 of each part, hexadecimal.</summary>
    public string Hash => $"{Train.Hash} {Validation.Hash} {Test.Hash}"
        + (ForTeacher == Train ? "" : $" {ForTeacher.Hash}") + (Asked == Train ? "" : $" {Asked.Hash}")
        + (Pairs.Count == 0 ? "" : " " + new TextPart([.. Pairs.Concat(PairsOfTest).Select(pair => pair.Other)], []).Hash)
        + (Recorded is null ? "" : " " + HashOf(Recorded.SelectMany(texts => texts).Select(text => text.Text)));

    private static string HashOf(IEnumerable<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts) hash.AppendData(Encoding.UTF8.GetBytes(text + "\0"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
