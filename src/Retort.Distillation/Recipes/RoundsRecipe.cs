namespace Retort.Recipes;

/// <summary>The student answers, somebody judges, and what was found better is learnt: round after round.</summary>
public sealed record RoundsRecipe
{
    public int Count { get; init; } = 2;

    /// <summary>Prompts of the training part that are answered in each round; 0 = all that are not among the test part's.</summary>
    public int Prompts { get; init; }

    /// <summary>Answers to each prompt.</summary>
    public int Answers { get; init; } = 4;

    /// <summary>Answers of each student to each prompt of the test part, to be compared with those before the rounds.</summary>
    public int HeldOut { get; init; } = 4;

    /// <summary>How they are drawn.</summary>
    public double Temperature { get; init; } = 1;
    public double TopP { get; init; } = 1;

    public required JudgeRecipe Judge { get; init; }

    /// <summary>hard-label: the best answer to a prompt is learnt where its score is at least this, in [0, 1].</summary>
    public double Accept { get; init; } = 0.5;

    /// <summary>Of one round. That of the student itself is how it begins, on the data's own answers.</summary>
    public required TrainingRecipe Training { get; init; }
}

/// <summary>Who says what an answer is worth, and how it is asked.</summary>
public sealed record JudgeRecipe
{
    /// <summary>
    /// <c>pairs</c>: the teacher says which of two answers is better, each first once, and a judge that goes by the order says nothing;
    /// <c>score</c>: it gives each a grade, the mean over its probabilities where it tells them; <c>check</c>: the data's own check says
    /// right or wrong, and nobody is asked.
    /// </summary>
    public string By { get; init; } = "pairs";

    /// <summary>What is asked, with {prompt} and {answer}, or {prompt}, {first} and {second}.</summary>
    public string Question { get; init; } = "";

    /// <summary>score: what it may say, the worst first; they count evenly from 0 to 1.</summary>
    public IReadOnlyList<string> Grades { get; init; } = [];

    /// <summary>Each answer is held against so many others to its prompt, in an order that is drawn; 0 = against every one.</summary>
    public int Opponents { get; init; } = 2;

    /// <summary>score: answers that are so near to each other are a tie.</summary>
    public double Tie { get; init; } = 0.05;

    /// <summary>The data's check judges, and no teacher is asked.</summary>
    internal bool AsksNobody => By == "check";
}
