using Retort.Formats.Tokenizers;

namespace Retort.Server.Scheduling;

/// <summary>
/// From tokens to what is said: whole characters, up to the first stop string, wherever the borders of tokens lie. Text that may be the
/// beginning of a stop string waits until it is known not to be; a token waits with its text.
/// </summary>
/// <param name="decoder">At the beginning of a text.</param>
/// <param name="stops">None is empty.</param>
internal sealed class TextAssembly(StreamingDecoder decoder, IReadOnlyList<string> stops)
{
    private readonly Queue<(SaidToken Token, long Start, long End)> _waiting = new();
    private string _held = "";
    private long _said;

    /// <summary>A stop string has come: nothing more is said.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Takes a token in.</summary>
    /// <param name="id">Of the tokenizer.</param>
    /// <param name="token">As it is to be told; null = it is not.</param>
    /// <returns>What is known to follow; both are often empty.</returns>
    public (string Text, IReadOnlyList<SaidToken> Tokens) Push(int id, SaidToken? token)
    {
        var start = _said + _held.Length;
        _held += decoder.Push(id);
        if (token is not null) _waiting.Enqueue((token, start, _said + _held.Length));
        return Say(last: false);
    }

    /// <summary>The rest, when no more tokens come.</summary>
    public (string Text, IReadOnlyList<SaidToken> Tokens) Finish()
    {
        if (Stopped) return ("", []);
        _held += decoder.Finish();
        return Say(last: true);
    }

    private (string, IReadOnlyList<SaidToken>) Say(bool last)
    {
        var stop = stops.Select(one => _held.IndexOf(one, StringComparison.Ordinal)).Where(place => place >= 0).DefaultIfEmpty(-1).Min();
        Stopped = stop >= 0;
        var count = Stopped ? stop : last ? _held.Length : _held.Length - Beginning();
        var (text, end) = (_held[..count], _said + count);
        (_held, _said) = (_held[count..], end);
        var tokens = new List<SaidToken>();
        // behind a stop string a token counts that said something before it
        while (_waiting.TryPeek(out var next) && (last && !Stopped || next.End <= end || Stopped && next.Start < end))
            tokens.Add(_waiting.Dequeue().Token);
        return (text, tokens);
    }

    /// <summary>Characters at the end of the held text with which a stop string may begin.</summary>
    private int Beginning()
    {
        var most = 0;
        foreach (var stop in stops)
            for (var count = Math.Min(stop.Length - 1, _held.Length); count > most; count--)
                if (_held.AsSpan(_held.Length - count).SequenceEqual(stop.AsSpan(0, count))) most = count;
        return most;
    }
}
