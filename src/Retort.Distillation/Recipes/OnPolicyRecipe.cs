namespace Retort.Recipes;

/// <summary>Texts: in some updates prompts of the training part are answered anew, and these answers are learnt from.</summary>
public sealed record OnPolicyRecipe
{
    /// <summary>Share of the updates; a draw decides each (Agarwal et al. 2024, GKD, algorithm 1).</summary>
    public ScheduleRecipe Share { get; init; } = new() { From = 0.5, To = 0.5 };

    /// <summary><c>constant</c>: the share as it is written; <c>adaptive</c>: it rises when the validation loss does.</summary>
    public string Schedule { get; init; } = "constant";

    /// <summary>First updates, which learn from the data alone.</summary>
    public int WarmUpSteps { get; init; }

    /// <summary>Who answers: the <c>student</c>, or the <c>teacher</c>, whose fresh answers are the honest control.</summary>
    public string Source { get; init; } = "student";

    /// <summary>Answers that are learnt from again; null = each once.</summary>
    public ReplayRecipe? Replay { get; init; }

    /// <summary>
    /// The same student is trained on the fixed data and on fresh answers of the teacher too, at equal steps and at equal cost.
    /// </summary>
    public bool Controls { get; init; } = true;
}

/// <summary>A buffer of answers.</summary>
public sealed record ReplayRecipe
{
    /// <summary>Most answers in it.</summary>
    public int Capacity { get; init; } = 1000;

    /// <summary>Updates after which an answer is thrown away: the student of then is not the student of now.</summary>
    public int Staleness { get; init; } = 50;

    /// <summary>Share of the on-policy updates that learn from it; with an adaptive share less, as that rises.</summary>
    public double Reuse { get; init; } = 0.5;
}

/// <summary>How answers are drawn while a student learns. Nothing of it touches the loss.</summary>
public sealed record SamplingRecipe
{
    /// <summary>0 = the likeliest token each time.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Tokens with this much probability together are drawn from.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Only the likeliest so many are drawn from; 0 = all.</summary>
    public int TopK { get; init; }

    /// <summary>Most tokens of an answer; 0 = as many as the context holds.</summary>
    public int MaxNewTokens { get; init; }
}

/// <summary>What a run that learns from its own answers must not become. Each threshold may be 0 = it is not asked.</summary>
public sealed record WatchdogRecipe
{
    /// <summary>Most times the mean length of the data's answers.</summary>
    public double AnswerLength { get; init; } = 4;

    /// <summary>Largest share of the runs of four tokens of an answer that stood in it before.</summary>
    public double Repetition { get; init; } = 0.6;

    /// <summary>Most nats of entropy a token that the student may have less than its teacher.</summary>
    public double EntropyFall { get; init; } = 1.5;

    /// <summary>Largest probability that the student gives to tokens which to its teacher have less than a thousandth.</summary>
    public double OutsideMass { get; init; } = 0.7;

    /// <summary>Share of the training before it looks.</summary>
    public double After { get; init; } = 0.5;

    /// <summary>Looks, one after the other, that find a threshold passed before the run is stopped; the first of them warns.</summary>
    public int Patience { get; init; } = 5;
}
