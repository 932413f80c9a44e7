using Retort.Asking;
using Retort.Teachers.Chat;

namespace Retort.Sources;

/// <summary>
/// From an answer to the log-probability of each class. Where the service tells alternatives, a class that was listed keeps its share of
/// what the classes have together, and one that was not listed gets the most that it can have: as much as the least that was listed, and
/// an even part of what is left. Nothing is 0, for a teacher that lists twenty of a hundred and fifty classes has not said that the others
/// cannot be. What went to other words is dropped, for the text has one of the classes. Where it tells none, the answer alone counts.
/// </summary>
public static class ClassAnswer
{
    /// <summary>The log-probability of what cannot be; finite, so that a divergence from it stays finite.</summary>
    public const float Impossible = -30;

    /// <summary>Below it what was said is about something else, and shares of it say nothing.</summary>
    private const double LeastCovered = 0.5;

    /// <param name="answer">Of the teacher.</param>
    /// <param name="names">The classes, as it was told them.</param>
    /// <returns>ln p of each class; null where the answer is none of them.</returns>
    public static float[]? Read(ChatAnswer answer, IReadOnlyList<string> names)
    {
        if (ChoiceProbabilities.Read(answer, names) is { Covered: >= LeastCovered } found)
            return [.. found.Normalised().Select(probability => (float)Math.Max(Math.Log(probability), Impossible))];
        if (Named(answer.Text, names) is not { } number) return null;
        var certain = new float[names.Count];
        Array.Fill(certain, Impossible);
        certain[number] = 0;
        return certain;
    }

    /// <summary>What is asked of every answer.</summary>
    public static AnswerCheck Check(IReadOnlyList<string> names) => (request, reply) => AnswerChecks.Usual(request, reply)
        ?? (Read(reply.Answers[0], names) is null ? "class: the answer is none of the classes" : null);

    private static int? Named(string said, IReadOnlyList<string> names)
    {
        var word = said.Trim().Trim('.', '"', '*', '\'', '`');
        for (var number = 0; number < names.Count; number++)
            if (names[number].Trim().Equals(word, StringComparison.OrdinalIgnoreCase)) return number;
        return null;
    }
}
