using System.Text;

namespace Retort.Teachers.Chat;

/// <summary>
/// From the entries that a service gives with an answer to the tokens of a tokenizer that student and teacher share. Never by index:
/// entries may be missing. Where an entry stands follows from its bytes and the answer's: one that could stand at two places stands at
/// none. Its token is known by its id, where the service gives ids and the tokenizer's token says the same, else by its bytes. Every byte
/// of the answer that no entry says is spelt by the tokenizer, and nothing but that is known of it.
/// </summary>
/// <param name="tokens">Of the student.</param>
/// <param name="plain">Ids of a text alone.</param>
/// <param name="ends">Tokens that end an answer, the usual one first.</param>
public sealed class AnswerAlignment(TokensByBytes tokens, Func<string, IReadOnlyList<int>> plain, IReadOnlyList<int> ends)
{
    /// <summary>Rounding of a service that computes in float32.</summary>
    private const double Rounding = 1e-3;
    private const char Unreadable = '\uFFFD';

    /// <param name="answer">With its entries, or without.</param>
    public AlignedAnswer Of(ChatAnswer answer)
    {
        var said = new Reading(tokens, ends, answer.Tokens ?? []);
        foreach (var (bytes, entry) in Placed(answer.Text, said.Entries))
            if (entry is null) said.AddUntold(bytes);
            else said.Add(entry, bytes);
        if (said.Tokens.Count == 0 || said.Lost) said.TakeText(plain(answer.Text));
        if (said.End is { } end) said.AddEnd(end);
        else if (answer.Finish != FinishReason.Length) said.Tokens.Add(new AlignedToken(ends[0]));
        return said.Aligned;
    }

    /// <summary>Stretches of the answer, each of an entry or of none. Empty where the entries do not make up the text.</summary>
    private static List<(byte[] Bytes, TokenEntry? Entry)> Placed(string text, IReadOnlyList<Spoken> entries)
    {
        foreach (var shown in (IReadOnlyList<Spoken>[])[entries, [.. entries.Select(one => one.IsSpecial ? one with { Bytes = [] } : one)]])
            if (Comparable(Encoding.UTF8.GetString([.. shown.SelectMany(one => one.Bytes)])) == Comparable(text))
                return [.. shown.Select(one => (one.Bytes, (TokenEntry?)one.Entry))];
        Spoken[] spoken = [.. entries.Where(one => !one.IsSpecial && one.Bytes.Length > 0)];
        if (spoken.Length == 0) return [];
        var all = Encoding.UTF8.GetBytes(Untrimmed(text, spoken));
        if (Earliest(all, spoken) is not { } first || Latest(all, spoken) is not { } last) return [];
        var (stretches, done) = (new List<(byte[], TokenEntry?)>(), 0);
        for (var i = 0; i < spoken.Length; i++)
        {
            if (first[i] != last[i]) continue;
            if (done < first[i]) stretches.Add((all[done..first[i]], null));
            stretches.Add((spoken[i].Bytes, spoken[i].Entry));
            done = first[i] + spoken[i].Bytes.Length;
        }
        if (done < all.Length) stretches.Add((all[done..], null));
        return stretches;
    }

    /// <summary>
    /// Without blanks around it; bytes that are no text become one mark or several, as a service likes, and a character that broke off at
    /// the end stands in some texts that have no entry of it.
    /// </summary>
    private static string Comparable(string text)
    {
        var said = new StringBuilder();
        foreach (var letter in text)
            if (letter != Unreadable || said.Length == 0 || said[^1] != Unreadable) said.Append(letter);
        return said.ToString().Trim().TrimEnd(Unreadable).TrimEnd();
    }

    /// <summary>Services trim texts, and not their entries.</summary>
    private static string Untrimmed(string text, Spoken[] spoken)
    {
        var (first, last) = (Encoding.UTF8.GetString(spoken[0].Bytes), Encoding.UTF8.GetString(spoken[^1].Bytes));
        var (before, behind) = (first[..^first.TrimStart().Length], last[last.TrimEnd().Length..]);
        return (text.StartsWith(before, StringComparison.Ordinal) ? "" : before) + text
            + (text.EndsWith(behind, StringComparison.Ordinal) ? "" : behind);
    }

    /// <summary>The first place of each entry behind those before it; null where one has none.</summary>
    private static int[]? Earliest(ReadOnlySpan<byte> all, Spoken[] spoken)
    {
        var (places, from) = (new int[spoken.Length], 0);
        for (var i = 0; i < places.Length; i++)
        {
            var found = all[from..].IndexOf(spoken[i].Bytes);
            if (found < 0) return null;
            places[i] = from + found;
            from = places[i] + spoken[i].Bytes.Length;
        }
        return places;
    }

    /// <summary>The last place of each entry before those behind it.</summary>
    private static int[]? Latest(ReadOnlySpan<byte> all, Spoken[] spoken)
    {
        var places = new int[spoken.Length];
        for (var i = places.Length - 1; i >= 0; i--)
        {
            places[i] = all.LastIndexOf(spoken[i].Bytes);
            if (places[i] < 0) return null;
            all = all[..places[i]];
        }
        return places;
    }

    /// <summary>An entry and what its token says; special tokens are left out of some texts, and stand in others.</summary>
    private sealed record Spoken(byte[] Bytes, bool IsSpecial, TokenEntry Entry);

    /// <summary>One answer while it is read.</summary>
    private sealed class Reading
    {
        private readonly TokensByBytes _tokens;
        private readonly IReadOnlyList<int> _ends;
        private readonly int _count;
        private int _placed, _unknown, _alternatives;

        public Reading(TokensByBytes tokens, IReadOnlyList<int> ends, IReadOnlyList<TokenEntry> entries)
        {
            (_tokens, _ends, _count) = (tokens, ends, entries.Count);
            End = entries is [.., var last] && IdOf(last.Chosen) is { } id && ends.Contains(id) ? last : null;
            Entries = [.. entries.SkipLast(End is null ? 0 : 1).Select(entry =>
                new Spoken(BytesOf(entry.Chosen), IdOf(entry.Chosen) is { } id && tokens.IsSpecial(id), entry))];
        }

        /// <summary>But that of the end.</summary>
        public IReadOnlyList<Spoken> Entries { get; }

        /// <summary>Some services tell of the token that ends an answer, too.</summary>
        public TokenEntry? End { get; }
        public List<AlignedToken> Tokens { get; } = [];

        /// <summary>There are bytes that no token says.</summary>
        public bool Lost { get; private set; }
        public AlignedAnswer Aligned => new(Tokens, _count, _count - _placed, _unknown, _alternatives);

        public void AddUntold(ReadOnlySpan<byte> bytes)
        {
            var spelt = _tokens.Spell(bytes);
            Lost |= spelt.Count == 0 && bytes.Length > 0;
            AddUntold(spelt);
        }

        private void AddUntold(IEnumerable<int> ids) => Tokens.AddRange(ids.Select(id => new AlignedToken(id)));

        /// <summary>Nothing is known but the text.</summary>
        public void TakeText(IReadOnlyList<int> ids)
        {
            Tokens.Clear();
            (_placed, _unknown, _alternatives) = (0, 0, 0);
            AddUntold(ids);
        }

        /// <summary>Where a token ends a character, its bytes may begin with those of tokens that had no entry.</summary>
        public void Add(TokenEntry entry, ReadOnlySpan<byte> bytes)
        {
            if (entry.Chosen.Id is { } given && _tokens.Bytes(given) is { Length: > 0 } own && bytes.EndsWith(own)
                && (own.Length == bytes.Length || IsInside(bytes[..^own.Length], own[0])))
            {
                var whole = own.Length < bytes.Length ? _tokens.Spell(bytes) : [];
                if (whole.Count > 1 && whole[^1] == given) AddUntold(whole.SkipLast(1));
                else AddUntold(bytes[..^own.Length]);
                Add(entry, given);
            }
            else if (IdOf(entry.Chosen) is { } found) Add(entry, found);
            else AddUntold(bytes);
        }

        public void AddEnd(TokenEntry end) => Add(end, IdOf(end.Chosen)!.Value);

        /// <summary>Whether what stands before a token breaks off within a character.</summary>
        private static bool IsInside(ReadOnlySpan<byte> before, byte first) =>
            (first & 0xC0) == 0x80 || Encoding.UTF8.GetString(before).EndsWith(Unreadable);

        private void Add(TokenEntry entry, int id)
        {
            var row = Row(entry, id);
            if (row is not null) _placed++;
            Tokens.Add(new AlignedToken(id, row));
        }

        /// <summary>Null where these are no log-probabilities of one distribution.</summary>
        private List<(int, double)>? Row(TokenEntry entry, int id)
        {
            var (row, seen) = (new List<(int Id, double LogProbability)>(), new HashSet<int>());
            foreach (var choice in entry.Top.Prepend(entry.Chosen))
            {
                if (choice.LogProbability > Rounding) return null;
                var alternative = ReferenceEquals(choice, entry.Chosen) ? id : IdOf(choice);
                if (alternative is not { } known) _unknown++;
                else if (seen.Add(known) && (known == id || Math.Exp(choice.LogProbability) > 0)) // −9999 stands for "next to nothing"
                    row.Add((known, Math.Min(0, choice.LogProbability)));
            }
            if (row.Sum(one => Math.Exp(one.LogProbability)) > 1 + Rounding) return null;
            _alternatives += row.Count;
            return row;
        }

        /// <summary>By its id, where that token says the same; else by its bytes.</summary>
        private int? IdOf(TokenChoice choice)
        {
            var told = Told(choice);
            if (choice.Id is { } id && (uint)id < (uint)_tokens.Size && (told.Length == 0 || _tokens.Bytes(id).SequenceEqual(told)))
                return id;
            if (told.Length == 0) return null;
            foreach (var end in _ends)
                if (_tokens.Bytes(end).SequenceEqual(told)) return end;
            return _tokens.Find(told);
        }

        private byte[] BytesOf(TokenChoice choice) =>
            Told(choice) is { Length: > 0 } told ? told : choice.Id is { } id ? _tokens.Bytes(id).ToArray() : [];

        /// <summary>What the service says that the token says; empty where it does not, or tells a part of a character as text.</summary>
        private static byte[] Told(TokenChoice choice) => choice.Bytes is { Count: > 0 } bytes ? [.. bytes]
            : choice.Text.Contains(Unreadable, StringComparison.Ordinal) ? [] : Encoding.UTF8.GetBytes(choice.Text);
    }
}
