namespace Retort.Formats.Tokenizers.PostProcessors;

/// <summary>One after the other.</summary>
internal sealed class PostProcessorSequence(IReadOnlyList<IPostProcessor> processors) : IPostProcessor
{
    public IReadOnlyList<TokenSequence> Process(IReadOnlyList<TokenSequence> texts, bool addSpecialTokens) =>
        processors.Aggregate(texts, (parts, processor) => processor.Process(parts, addSpecialTokens));
}
