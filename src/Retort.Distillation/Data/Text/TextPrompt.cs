namespace Retort.Data.Text;

/// <summary>What a teacher is asked, without what is put around it for a student.</summary>
/// <param name="Turns">Roles (system, user, assistant) and what they said; the last is the user's.</param>
public sealed record TextPrompt(IReadOnlyList<(string Role, string Content)> Turns)
{
    /// <summary>One question.</summary>
    public static TextPrompt Of(string question) => new([("user", question)]);

    /// <summary>What was asked last.</summary>
    public string Question => Turns[^1].Content;
}
