using Retort.Nn.Models;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>The texts behind the rows of a data set, and how they became numbers.</summary>
/// <param name="Encoding">Of teacher and student.</param>
/// <param name="ContextLength">Numbers of a row.</param>
/// <param name="Texts">[N] as the file has them.</param>
public sealed record EncodedTexts(ITextEncoding Encoding, int ContextLength, IReadOnlyList<string> Texts)
{
    /// <summary>Texts that were cut.</summary>
    public int Cut { get; private init; }

    /// <summary>Rows of a data set from texts.</summary>
    /// <param name="encoding">Of teacher and student.</param>
    /// <param name="contextLength">Numbers of a row.</param>
    /// <param name="cuts">A longer text loses what is before its last token; else it is refused.</param>
    /// <param name="rows">Texts, and where each stands.</param>
    /// <returns>[N, contextLength] as <see cref="TokenRows"/> has them, and what they are made of.</returns>
    /// <exception cref="RetortException">A text is too long.</exception>
    public static (float[] Rows, EncodedTexts Texts) Of(ITextEncoding encoding, int contextLength, bool cuts,
        IReadOnlyList<(string Place, string Text)> rows)
    {
        var numbers = new float[rows.Count * (long)contextLength];
        Array.Fill(numbers, TokenRows.Padding);
        var cut = 0;
        for (var row = 0; row < rows.Count; row++)
        {
            var ids = encoding.Encode(rows[row].Text);
            if (ids.Length > contextLength)
            {
                if (!cuts) throw new RetortException(rows[row].Place, $"has {ids.Length} {(encoding is NGramHashing ? "n-grams" : "tokens")}.",
                    $"at most data.contextLength, {contextLength}: nothing is cut silently.",
                    "raise data.contextLength, or write data.tooLong: cut.");
                cut++;
                ids = [.. ids[..(contextLength - 1)], ids[^1]];
            }
            for (var i = 0; i < ids.Length; i++) numbers[(long)row * contextLength + i] = ids[i];
        }
        return (numbers, new EncodedTexts(encoding, contextLength, [.. rows.Select(row => row.Text)]) { Cut = cut });
    }

    /// <summary>Rows of a data set that are drawn, with their texts, in its order.</summary>
    /// <param name="data">Whose texts these are.</param>
    /// <param name="rows">How many; as many as there are, or more = all.</param>
    /// <param name="seed">Of the draw.</param>
    public Dataset Drawn(Dataset data, int rows, Seed seed)
    {
        if (rows >= data.Count) return data;
        int[] chosen = [.. BatchOrder.Permutation([.. Enumerable.Range(0, data.Count)], seed, 0).Take(rows).Order()];
        return DatasetReader.Choose(data, chosen).Of(this with { Texts = [.. chosen.Select(row => Texts[row])] });
    }

    /// <summary>The first rows of a data set, each text made worse by a seed of its own.</summary>
    /// <param name="data">Whose texts these are.</param>
    /// <param name="disturbance">What happens to them; what no longer fits the context is cut.</param>
    /// <param name="rows">How many.</param>
    /// <param name="seed">The same for everybody.</param>
    public Dataset Disturbed(Dataset data, TextDisturbance disturbance, int rows, Seed seed)
    {
        rows = Math.Min(rows, data.Count);
        var own = seed.Derive(disturbance.Name);
        var (numbers, texts) = Of(Encoding, ContextLength, cuts: true,
            [.. Enumerable.Range(0, rows).Select(row => ("", disturbance.Apply(Texts[row], own.Derive((ulong)row))))]);
        return new Dataset
        {
            Features = numbers, Labels = data.Labels[..rows], ExampleShape = data.ExampleShape, ClassNames = data.ClassNames, Hash = "",
            Texts = texts,
        };
    }
}
