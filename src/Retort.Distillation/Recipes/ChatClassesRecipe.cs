namespace Retort.Recipes;

/// <summary>How a language model is asked for the class of a text.</summary>
public sealed record ChatClassesRecipe
{
    /// <summary>What it is told first, where the recipe says nothing else.</summary>
    public const string System = "Which class does the text belong to? Answer with the name of one class, exactly as it is written here, and nothing else. Classes: {classes}.";

    /// <summary>The user's turn: <c>{text}</c> is the text, <c>{classes}</c> the names.</summary>
    public string Template { get; init; } = "{text}";

    /// <summary>The classes as the service is told them, in the order of their own names; empty = their own names.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Alternatives with each token, from which the probabilities of the classes are read; 0 = the answer alone counts.</summary>
    public int TopLogProbabilities { get; init; } = 20;

    /// <summary>How the service is held to the names: <c>none</c>, <c>grammar</c>, <c>structured_outputs</c>.</summary>
    public string Field { get; init; } = "none";

    /// <summary>Test texts that it is asked about in each worse form, and texts of no class; 0 = it is not asked about those.</summary>
    public int Probe { get; init; } = 200;
}
