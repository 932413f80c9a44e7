using Retort.Data.Text;
using Retort.Tensors;

namespace Retort.Sources;

/// <summary>Answers of the last updates, the oldest first; what is too old is forgotten.</summary>
/// <param name="capacity">Most answers.</param>
/// <param name="staleness">Updates after which an answer is forgotten.</param>
public sealed class ReplayBuffer(int capacity, int staleness)
{
    private readonly List<(long Update, TextDocument Answer)> _kept = [];

    public int Count => _kept.Count;

    /// <param name="update">In which they were written; never below an earlier one.</param>
    /// <param name="answers">Prompts and what was said.</param>
    public void Add(long update, IEnumerable<TextDocument> answers)
    {
        _kept.AddRange(answers.Select(answer => (update, answer)));
        _kept.RemoveRange(0, Math.Max(0, _kept.Count - capacity));
    }

    /// <summary>Some answers, each at most once; null where there are not so many.</summary>
    /// <param name="update">Of now.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Of this draw.</param>
    public IReadOnlyList<TextDocument>? Draw(long update, int count, Seed seed)
    {
        _kept.RemoveAll(kept => update - kept.Update > staleness);
        if (_kept.Count < count) return null;
        return [.. Enumerable.Range(0, _kept.Count).OrderBy(i => seed.UniformDouble((ulong)i)).Take(count).Select(i => _kept[i].Answer)];
    }

    public void Write(BinaryWriter to)
    {
        to.Write(_kept.Count);
        foreach (var (update, answer) in _kept)
        {
            to.Write(update);
            to.Write(answer.Prompt.Length);
            to.Write(answer.Tokens.Length);
            foreach (var token in answer.Tokens) to.Write(token);
        }
    }

    public void Read(BinaryReader from)
    {
        _kept.Clear();
        for (var left = from.ReadInt32(); left > 0; left--)
        {
            var (update, prompt, tokens) = (from.ReadInt64(), from.ReadInt32(), new int[from.ReadInt32()]);
            for (var i = 0; i < tokens.Length; i++) tokens[i] = from.ReadInt32();
            _kept.Add((update, Answered("kept answer", tokens[..prompt], tokens[prompt..])));
        }
    }

    /// <summary>A prompt that is read, and what was said, which is learnt.</summary>
    /// <param name="place">For errors.</param>
    /// <param name="prompt">One token or more.</param>
    /// <param name="answer">One token or more.</param>
    public static TextDocument Answered(string place, int[] prompt, IReadOnlyList<int> answer) => new(place, [.. prompt, .. answer],
        [.. Enumerable.Range(0, prompt.Length + answer.Count).Select(i => i >= prompt.Length)]);
}
