namespace Retort.Formats.Tokenizers.PostProcessors;

/// <summary>Arranges one or two encoded texts.</summary>
internal interface IPostProcessor
{
    /// <param name="texts">One or two.</param>
    /// <param name="addSpecialTokens">False leaves out what a template adds.</param>
    IReadOnlyList<TokenSequence> Process(IReadOnlyList<TokenSequence> texts, bool addSpecialTokens);
}
