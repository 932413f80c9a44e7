namespace Retort.Grading.Judges;

/// <summary>A model that is asked for its judgement; an endpoint, or a script in a test.</summary>
public interface IJudgeModel
{
    /// <summary>Which one: it stands beside what it judged.</summary>
    string Name { get; }

    /// <param name="messages">Role and text of each, system and user.</param>
    /// <param name="form">Of the answer, for a service that can be held to it.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>What it says; null = it gave no answer, although it was asked as often as is sensible.</returns>
    Task<string?> AskAsync(IReadOnlyList<(string Role, string Text)> messages, JudgeForm form, CancellationToken cancellation);
}
