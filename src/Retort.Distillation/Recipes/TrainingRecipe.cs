namespace Retort.Recipes;

/// <summary>How a model is trained.</summary>
public sealed record TrainingRecipe
{
    public int Epochs { get; init; } = 10;
    public int BatchSize { get; init; } = 128;

    /// <summary><c>adamw</c> or <c>sgd</c>.</summary>
    public string Optimizer { get; init; } = "adamw";
    public double LearningRate { get; init; } = 1e-3;
    public double Momentum { get; init; } = 0.9;
    public bool Nesterov { get; init; }
    public double WeightDecay { get; init; }

    /// <summary><c>constant</c>, <c>linear</c>, <c>cosine</c> or <c>step</c>, over the whole run.</summary>
    public string Schedule { get; init; } = "cosine";
    public int WarmupSteps { get; init; }

    /// <summary>Largest global gradient norm; 0 = no clipping.</summary>
    public double ClipNorm { get; init; } = 5;

    /// <summary>Largest squared norm of a hidden unit's incoming weights; 0 = no limit (Hinton 2012).</summary>
    public double MaxNormSquared { get; init; }

    /// <summary>Decay of the exponential moving average of the weights; 0 = none.</summary>
    public double EmaDecay { get; init; }
    public double LabelSmoothing { get; init; }

    /// <summary>Images: whole-pixel shift of up to this many pixels, zero fill.</summary>
    public int AugmentShift { get; init; }

    /// <summary>Normal noise on every number, in standard deviations of the training part.</summary>
    public double AugmentNoise { get; init; }

    /// <summary>Inputs are mixed in pairs, a·x + (1 − a)·x′ with a uniform in (0, 1) for each batch; only with live labels.</summary>
    public bool Mixup { get; init; }

    /// <summary>Learn on attacked examples; null = on examples as they are.</summary>
    public AttackRecipe? Attack { get; init; }

    /// <summary>Cut small weights; null = none.</summary>
    public PruneRecipe? Prune { get; init; }

    /// <summary>
    /// Texts: parts in which a batch is computed, one after the other. Memory falls; the loss stays the mean over all tokens of the batch.
    /// </summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>
    /// Language models: what lies inside a block is computed again on the way back instead of kept. A part of the memory for a third more
    /// time; the numbers stay the same.
    /// </summary>
    public bool RecomputeBlocks { get; init; }

    /// <summary>Stop after this many epochs without a better validation loss; 0 = never. The best weights are kept when &gt; 0.</summary>
    public int Patience { get; init; }

    /// <summary>A full checkpoint every so many steps; 0 = at an epoch's end, when 100 steps or more have passed.</summary>
    public int CheckpointSteps { get; init; }
}

/// <summary>Examples moved so that the loss grows, by projected gradient ascent.</summary>
public sealed record AttackRecipe
{
    /// <summary>Largest change of a number.</summary>
    public double Radius { get; init; }
    public double StepSize { get; init; }
    public int Steps { get; init; } = 10;

    /// <summary>Share of the loss on the examples as they are, in [0, 1): RSLAD has 1/6.</summary>
    public double CleanWeight { get; init; }
}

/// <summary>Weights that become 0 by and by, the smallest first.</summary>
public sealed record PruneRecipe
{
    /// <summary>Share of the weights of matrices and convolutions that is 0 in the end.</summary>
    public double Sparsity { get; init; }

    /// <summary>Shares of the training between which it grows.</summary>
    public double From { get; init; } = 0.1;
    public double Until { get; init; } = 0.75;

    /// <summary>Updates between two cuts.</summary>
    public int Every { get; init; } = 50;
}
