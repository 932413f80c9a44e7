using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>
/// Which tokens are to be guessed (Devlin et al. 2019): a share of the ordinary ones, of which eight of ten are hidden, one is another
/// token, and one stays as it is. Drawn anew for each epoch, by seed, epoch, text and place alone.
/// </summary>
/// <param name="Tokenizer">Knows the token that hides, and which are ordinary.</param>
/// <param name="Share">Of ordinary tokens, in (0, 1).</param>
public sealed record Masking(EncoderTokenizer Tokenizer, double Share)
{
    private const double Hidden = 0.8, Replaced = 0.1;

    private readonly int[] _ordinary =
        [.. Enumerable.Range(0, Tokenizer.Tokenizer.Size).Where(id => !Tokenizer.Tokenizer.IsSpecial(id))];

    /// <param name="ids">A text.</param>
    /// <param name="seed">Of this text in this epoch.</param>
    /// <param name="seen">[ids] takes what the model reads.</param>
    /// <returns>Places that are to be guessed, ascending; one at least where any token is ordinary.</returns>
    public List<int> Of(ReadOnlySpan<int> ids, Seed seed, Span<int> seen)
    {
        var places = new List<int>();
        ids.CopyTo(seen);
        var (least, likeliest) = (2f, -1);
        for (var place = 0; place < ids.Length; place++)
        {
            if (Tokenizer.Tokenizer.IsSpecial(ids[place])) continue;
            var drawn = seed.Uniform((ulong)place);
            if (drawn < least) (least, likeliest) = (drawn, place);
            if (drawn >= Share) continue;
            places.Add(place);
            Hide(seen, place, seed);
        }
        if (places.Count > 0 || likeliest < 0) return places;
        Hide(seen, likeliest, seed);
        return [likeliest];
    }

    private void Hide(Span<int> seen, int place, Seed seed)
    {
        var how = seed.Uniform((ulong)place, 1);
        if (how < Hidden) seen[place] = Tokenizer.Mask;
        else if (how < Hidden + Replaced) seen[place] = _ordinary[seed.Below(_ordinary.Length, (ulong)place, 2)];
    }
}
