namespace Retort.Recipes;

/// <summary>Answers that a teacher writes before the student learns (Kim and Rush 2016, sequence-level distillation).</summary>
public sealed record AnswersRecipe
{
    /// <summary>Of the draws, not of a loss; 0 = the likeliest token each time.</summary>
    public double Temperature { get; init; }

    /// <summary>Tokens with this much probability together are drawn from.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Answers to each prompt.</summary>
    public int PerPrompt { get; init; } = 1;

    /// <summary>Only right answers are kept, where the data can tell.</summary>
    public bool RightOnly { get; init; }

    /// <summary>Of those to one prompt: <c>all</c>, the <c>shortest</c>, or the two that are least alike (<c>diverse</c>).</summary>
    public string Select { get; init; } = "all";

    /// <summary>
    /// What the teacher, or <see cref="Rewriter"/>, is told to make of a right answer, with {prompt} and {answer} in it; empty = answers
    /// stay as they are (Sky-T1).
    /// </summary>
    public string Rewrite { get; init; } = "";

    /// <summary>Who rewrites; null = the teacher that answered.</summary>
    public ChatRecipe? Rewriter { get; init; }

    /// <summary>data.thought task: weight of the thoughts' loss; that of the answers has the rest of 1.</summary>
    public ScheduleRecipe ThoughtShare { get; init; } = new() { From = 0.5, To = 0.5 };
}
