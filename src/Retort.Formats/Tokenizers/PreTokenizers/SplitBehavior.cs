namespace Retort.Formats.Tokenizers.PreTokenizers;

/// <summary>Where a delimiter goes, by tokenizer.json's names.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}
