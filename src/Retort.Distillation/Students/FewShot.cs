using Retort.Data;
using Retort.Data.Text;
using Retort.Tensors;

namespace Retort.Students;

/// <summary>
/// The test part's prompts with worked examples of the training part before them: what a model can do that nobody trained (Brown et al.
/// 2020, arXiv 2005.14165, section 2).
/// </summary>
/// <param name="Documents">[test]</param>
/// <param name="Examples">Before each prompt.</param>
public sealed record FewShot(IReadOnlyList<TextDocument> Documents, int Examples)
{
    private const string Gap = "\n\n";
    private static readonly int[] sizes = [8, 4, 2, 1];

    /// <param name="data">Training and test part.</param>
    /// <param name="context">Most tokens of a prompt and its answer.</param>
    /// <param name="seed">Which examples; the same before each prompt.</param>
    /// <returns>With as many examples as fit before the longest prompt, 8 at most; null = not one does.</returns>
    public static FewShot? Of(TextData data, int context, Seed seed)
    {
        var tokenizer = data.Tokenizer;
        int[] front = tokenizer.Whole(""), gap = tokenizer.Plain(Gap);
        var drawn = BatchOrder.Permutation([.. Enumerable.Range(0, data.Train.Count)], seed.Derive("few-shot"), 0);
        var longest = data.Test.Documents.Max(document => document.Prompt.Length)
            + data.Test.Documents.Max(document => document.Answer.Length);
        foreach (var size in sizes.Where(size => size <= drawn.Length))
        {
            int[] shots = [.. drawn.Take(size).Select(i => data.Train.Documents[i]).SelectMany(example =>
                (int[])[.. Body(example), .. example.Answer.Where(token => !tokenizer.Ends.Contains(token)), .. gap])];
            if (shots.Length + longest > context) continue;
            return new FewShot([.. data.Test.Documents.Select(document => With(shots, document))], size);
        }
        return null;

        int[] Body(TextDocument document) => document.Prompt.AsSpan().StartsWith(front) ? document.Prompt[front.Length..] : document.Prompt;

        TextDocument With(int[] shots, TextDocument document)
        {
            int[] prompt = [.. front, .. shots, .. Body(document)], answer = document.Answer;
            return new TextDocument(document.Place, [.. prompt, .. answer],
                [.. Enumerable.Repeat(false, prompt.Length), .. Enumerable.Repeat(true, answer.Length)]);
        }
    }

    /// <summary>A model that goes on with an example of its own has answered before.</summary>
    public static string Answer(string said)
    {
        var text = said.TrimStart('\n');
        var end = text.IndexOf(Gap, StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }
}
