using Retort.Nn.Models;

namespace Retort.Recipes;

public sealed record StudentRecipe
{
    public required ModelRecipe Model { get; init; }
    public required TrainingRecipe Training { get; init; }
    public required IReadOnlyList<ObjectiveRecipe> Objective { get; init; }

    /// <summary>It begins as a part of the first teacher; null = with drawn numbers.</summary>
    public InitialRecipe? Initial { get; init; }

    /// <summary>Adapters beside the frozen weights learn alone; null = the weights learn.</summary>
    public LoraRecipe? Lora { get; init; }

    /// <summary>Examples made in the loop, in place of the data's; null = the data's.</summary>
    public ExamplesRecipe? Examples { get; init; }

    /// <summary>Models between teacher and student: each is taught by the one before, with the student's training and objective.</summary>
    public IReadOnlyList<ModelRecipe> Assistants { get; init; } = [];

    /// <summary>Texts: answers that are written while it learns; null = it learns from what is stored.</summary>
    public OnPolicyRecipe? OnPolicy { get; init; }

    /// <summary>
    /// text-classes: what is exported is divided by the one temperature that validation likes best (Guo et al. 2017), so that its
    /// probabilities are honest wherever it runs.
    /// </summary>
    public bool Calibrated { get; init; }

    /// <summary>Texts: it answers, is judged and learns what was better, again and again; null = it learns once.</summary>
    public RoundsRecipe? Rounds { get; init; }

    /// <summary>An objective looks at the encoder's vector of a text.</summary>
    internal bool ComparesSentences => Objective.Any(term => term.Features.Any(pair => pair.Student == Bert.Sentence));

    /// <summary>How those answers are drawn, and what they must not become; null without them.</summary>
    public SamplingRecipe? Sampling { get; init; }
    public WatchdogRecipe? Watchdog { get; init; }
}

/// <summary>Adapters of low rank (Hu et al. 2021, arXiv 2106.09685).</summary>
public sealed record LoraRecipe
{
    public int Rank { get; init; } = 8;

    /// <summary>What they add is multiplied by scale/rank.</summary>
    public double Scale { get; init; } = 16;

    /// <summary>Names of layers, or <c>all-linear</c>.</summary>
    public IReadOnlyList<string> Targets { get; init; } = ["all-linear"];
    public double Dropout { get; init; }
}

/// <summary>What a student takes of its teacher at first.</summary>
public sealed record InitialRecipe
{
    /// <summary>Hidden layers, or blocks, of the teacher, one for each of the student's; empty = spread evenly from the first.</summary>
    public IReadOnlyList<int> Layers { get; init; } = [];

    /// <summary>
    /// Share of the sum of squared singular values that each weight matrix keeps: the smallest rank that does is the student's; 0 = whole
    /// matrices, or the ranks that the model names.
    /// </summary>
    public double Energy { get; init; }
}

/// <summary>Examples that are made while the student learns: distillation without data.</summary>
public sealed record ExamplesRecipe
{
    /// <summary><c>noise</c>, <c>dafl</c> or <c>zskt</c>.</summary>
    public required string Source { get; init; }

    /// <summary>noise, images: largest distance in pixels of neighbours that are averaged, drawn for each image; 0 = none.</summary>
    public int Smoothness { get; init; }

    /// <summary>Numbers of noise that a generator starts from.</summary>
    public int Latent { get; init; } = 100;

    /// <summary>Tables: widths of the generator's hidden layers.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [512, 1024];

    /// <summary>Images: channels of the generator's two convolutions.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [32, 16];
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Updates of the student for each of the generator.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Largest norm of the generator's gradient; 0 = no clipping.</summary>
    public double ClipNorm { get; init; } = 5;

    /// <summary>dafl: the teacher should be sure.</summary>
    public double OneHotWeight { get; init; } = 1;

    /// <summary>dafl: of every class as often.</summary>
    public double EntropyWeight { get; init; } = 5;

    /// <summary>dafl: and excited.</summary>
    public double ActivationWeight { get; init; } = 0.1;
}
