namespace Retort.Data.Text;

/// <summary>
/// Documents end to end in rows of tokens, in memory that is used again: what a model reads, which token follows, whose token it is.
/// </summary>
/// <param name="mostRows">Rows that fit.</param>
/// <param name="mostTokens">Tokens of a row that fit.</param>
public sealed class TokenBlock(int mostRows, int mostTokens)
{
    /// <summary>Nothing is to be said after this token.</summary>
    public const int Ignored = -100;

    private readonly int[] _tokens = new int[mostRows * mostTokens], _next = new int[mostRows * mostTokens],
        _documents = new int[mostRows * mostTokens];

    private IReadOnlyList<IReadOnlyList<TextDocument>> _texts = [];

    public int Rows { get; private set; }

    /// <summary>What is in them, row after row.</summary>
    public IReadOnlyList<TextDocument> Texts => [.. TextsOf(..)];

    /// <summary>Of the longest row.</summary>
    public int Length { get; private set; }

    /// <summary>[rows, Length]</summary>
    public ReadOnlySpan<int> Tokens(Range rows) => Part(_tokens, rows);

    /// <summary>[rows, Length] the token to be said after each; <see cref="Ignored"/> = none.</summary>
    public ReadOnlySpan<int> Next(Range rows) => Part(_next, rows);

    /// <summary>[rows, Length] the number, from 1, of the document in its row; 0 = padding.</summary>
    public ReadOnlySpan<int> Documents(Range rows) => Part(_documents, rows);

    /// <summary>Places in these rows after which something is to be said, counted from the first of them.</summary>
    public int[] Counted(Range rows)
    {
        var next = Next(rows);
        var places = new List<int>(next.Length);
        for (var place = 0; place < next.Length; place++)
            if (next[place] != Ignored) places.Add(place);
        return [.. places];
    }

    /// <summary>Tokens to be said in all rows.</summary>
    public int Targets => Counted(..).Length;

    /// <summary>What is in these rows.</summary>
    public IEnumerable<TextDocument> TextsOf(Range rows)
    {
        var (first, count) = rows.GetOffsetAndLength(Rows);
        return _texts.Skip(first).Take(count).SelectMany(row => row);
    }

    public void Fill(IReadOnlyList<IReadOnlyList<TextDocument>> rows)
    {
        _texts = rows;
        (Rows, Length) = (rows.Count, rows.Max(row => row.Sum(document => document.Tokens.Length)));
        Array.Clear(_tokens);
        Array.Clear(_documents);
        Array.Fill(_next, Ignored);
        for (var row = 0; row < rows.Count; row++)
        {
            var place = row * Length;
            foreach (var (number, document) in rows[row].Index())
            {
                document.Tokens.CopyTo(_tokens, place);
                Array.Fill(_documents, number + 1, place, document.Tokens.Length);
                for (var i = 1; i < document.Tokens.Length; i++)
                    if (document.Learnt[i]) _next[place + i - 1] = document.Tokens[i];
                place += document.Tokens.Length;
            }
        }
    }

    private ReadOnlySpan<int> Part(int[] numbers, Range rows)
    {
        var (first, count) = rows.GetOffsetAndLength(Rows);
        return numbers.AsSpan(first * Length, count * Length);
    }
}
