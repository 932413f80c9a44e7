using Retort.Verification;

namespace Retort.Data.Traces;

/// <summary>What a teacher wrote: how it thought, and what it said at last.</summary>
/// <param name="Thought">Without its tags; empty = it shows none.</param>
/// <param name="Said">The answer alone.</param>
public sealed record Trace(string Thought, string Said)
{
    private const string Opened = "<think>", Closed = "</think>";

    /// <summary>Null where no answer is found: a thought that never ends, or a text without one.</summary>
    /// <param name="text">Thoughts in tags, of which the first may be missing; or reasoning, and an answer that is marked in it.</param>
    public static Trace? Of(string text)
    {
        if (FinalAnswer.In(text) is not { } said)
        {
            var rest = FinalAnswer.BehindThought(text);
            return rest.Length > 0 && rest.Length < text.Trim().Length ? new Trace(ThoughtIn(text), rest) : null;
        }
        return text.Contains(Closed, StringComparison.Ordinal) ? new Trace(ThoughtIn(text), said) : new Trace(WithoutMark(text), said);
    }

    /// <summary>All that stands behind the thought is the answer; null = nothing does, or the thought never ends.</summary>
    /// <param name="text">Of a program, a translation, or whatever else marks no answer.</param>
    public static Trace? Whole(string text)
    {
        if (text.Contains(Opened, StringComparison.Ordinal) && !text.Contains(Closed, StringComparison.Ordinal)) return null;
        var said = FinalAnswer.BehindThought(text).Trim();
        return said.Length == 0 ? null : new Trace(text.Contains(Closed, StringComparison.Ordinal) ? ThoughtIn(text) : "", said);
    }

    /// <summary>What a student is to write.</summary>
    /// <param name="keepsThought">The thought too.</param>
    public string Written(bool keepsThought) =>
        (keepsThought && Thought.Length > 0 ? $"{Opened}{Thought}{Closed}" : "") + $"<answer>{Said}</answer>";

    private static string ThoughtIn(string text)
    {
        var end = text.LastIndexOf(Closed, StringComparison.Ordinal);
        var start = text.IndexOf(Opened, StringComparison.Ordinal);
        return text[(start >= 0 && start < end ? start + Opened.Length : 0)..end].Trim();
    }

    /// <summary>A last line that only says the answer is not a part of the way there.</summary>
    private static string WithoutMark(string text)
    {
        var lines = text.TrimEnd().Split('\n');
        var marked = lines.Length > 1 && (lines[^1].StartsWith("####", StringComparison.Ordinal)
            || lines[^1].StartsWith("A:", StringComparison.Ordinal) || lines[^1].StartsWith("Answer:", StringComparison.Ordinal));
        return string.Join('\n', marked ? lines[..^1] : lines).Trim();
    }
}
