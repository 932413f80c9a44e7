namespace Retort.Formats.Tokenizers.PostProcessors;

/// <summary>A place of a template: the first text (0), the second (1), or a special token.</summary>
/// <param name="Text">0 or 1; null for special tokens.</param>
/// <param name="Ids">Of the special token.</param>
/// <param name="Type">Segment.</param>
internal readonly record struct TemplatePart(int? Text, int[] Ids, int Type);

/// <summary>Special tokens around and between texts.</summary>
internal sealed class TemplateProcessing(IReadOnlyList<TemplatePart> single, IReadOnlyList<TemplatePart> pair) : IPostProcessor
{
    public IReadOnlyList<TokenSequence> Process(IReadOnlyList<TokenSequence> texts, bool addSpecialTokens)
    {
        var parts = new List<TokenSequence>();
        foreach (var (text, ids, type) in texts.Count > 1 ? pair : single)
            if (text is { } index) parts.Add(texts[index].OfType(type));
            else if (addSpecialTokens) parts.Add(new TokenSequence(ids, new (int, int)[ids.Length], new int[ids.Length]).OfType(type));
        return parts;
    }
}
