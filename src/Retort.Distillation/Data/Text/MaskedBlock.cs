using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>Texts of which some tokens are to be guessed, side by side, as long as the longest of them.</summary>
public sealed class MaskedBlock
{
    /// <summary>Texts.</summary>
    public int Rows { get; private set; }

    /// <summary>Tokens of a row.</summary>
    public int Length { get; private set; }

    /// <summary>[Rows, Length] what is read.</summary>
    public int[] Tokens { get; private set; } = [];

    /// <summary>[Rows, Length] 0 = padding.</summary>
    public int[] Seen { get; private set; } = [];

    /// <summary>Places in Rows·Length that are to be guessed.</summary>
    public int[] Places { get; private set; } = [];

    /// <summary>[Places] the tokens that stood there.</summary>
    public int[] Targets { get; private set; } = [];

    /// <param name="texts">Ids of each, and the seed of its mask.</param>
    /// <param name="masking">What is to be guessed.</param>
    public void Fill(IReadOnlyList<(int[] Ids, Seed Seed)> texts, Masking masking)
    {
        (Rows, Length) = (texts.Count, texts.Max(text => text.Ids.Length));
        (Tokens, Seen) = (new int[Rows * Length], new int[Rows * Length]);
        var (places, targets) = (new List<int>(), new List<int>());
        Tokens.AsSpan().Fill(masking.Tokenizer.Pad);
        foreach (var (row, (ids, seed)) in texts.Index())
        {
            foreach (var place in masking.Of(ids, seed, Tokens.AsSpan(row * Length, ids.Length)))
            {
                places.Add(row * Length + place);
                targets.Add(ids[place]);
            }
            Seen.AsSpan(row * Length, ids.Length).Fill(1);
        }
        (Places, Targets) = ([.. places], [.. targets]);
    }
}
