using Retort.Data.Conversations.Filters;
using Retort.Formats.Tokenizers;
using Retort.Tensors;

namespace Retort.Data.Conversations;

/// <summary>How conversations become data to train on.</summary>
public sealed record CurationOptions
{
    /// <summary>Null = all are wanted.</summary>
    public FilterExpression? Filter { get; init; }

    /// <summary>As it was written, for the manifest.</summary>
    public string? FilterText { get; init; }

    /// <summary>The first moment wanted; a conversation without a time is not. Null = any.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The first moment no longer wanted.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether keys and personal data are replaced.</summary>
    public bool Redacts { get; init; } = true;

    /// <summary>Of train, validation and test; their sum is 1.</summary>
    public IReadOnlyList<double> Shares { get; init; } = [0.8, 0.1, 0.1];

    /// <summary>Largest share of bad rows.</summary>
    public double MostBad { get; init; } = 0.01;

    /// <summary>Whether questions may stand in two parts, or in training and in <see cref="Against"/>.</summary>
    public bool AllowsLeak { get; init; }

    /// <summary>Files that will be measured with; nothing of them may be learnt.</summary>
    public IReadOnlyList<string> Against { get; init; } = [];

    /// <summary>Of one conversation.</summary>
    public long MostCharacters { get; init; } = 1_000_000;

    /// <summary>Counts tokens for <see cref="MostTokens"/>.</summary>
    public Tokenizer? Tokenizer { get; init; }

    /// <summary>What the student can read; null = whatever it is.</summary>
    public int? MostTokens { get; init; }

    /// <summary>Of the split and of the hash functions.</summary>
    public Seed Seed { get; init; } = new(1);
}
