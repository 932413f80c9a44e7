using Retort.Nn;
using Retort.Nn.Optimizers;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Training;

/// <summary>Everything that a training run changes: model, optimiser, average, and how far it is.</summary>
public sealed class TrainState : IDisposable
{
    /// <param name="module">The model.</param>
    /// <param name="recipe">Optimiser and average.</param>
    /// <param name="objectives">What the objectives train for themselves.</param>
    public TrainState(Module module, TrainingRecipe recipe, IReadOnlyList<Weights>? objectives = null)
    {
        Module = module;
        Optimizer = Create(module.Learning, recipe);
        Objectives = [.. (objectives ?? []).Select(weights => (weights, Create(weights, recipe)))];
        if (recipe.EmaDecay > 0) Average = new MovingAverage(module.Learning, recipe.EmaDecay);
    }

    public Module Module { get; }
    public Optimizer Optimizer { get; }

    /// <summary>What the objectives train for themselves, moved by the same rule.</summary>
    public IReadOnlyList<(Weights Weights, Optimizer Optimizer)> Objectives { get; }
    public MovingAverage? Average { get; }

    /// <summary>What an <see cref="IExampleMaker"/> trains beside it, by updates of its own.</summary>
    public IReadOnlyList<(Weights Weights, Optimizer Optimizer)> Makers { get; init; } = [];

    /// <summary>What remembers something from update to update beside them.</summary>
    public IReadOnlyList<IRemembers> Memories { get; init; } = [];

    /// <summary>Updates done.</summary>
    public long Updates { get; set; }

    /// <summary>Best validation loss so far and the epoch it came from; only with patience.</summary>
    public double BestLoss { get; set; } = double.PositiveInfinity;
    public int BestEpoch { get; set; } = -1;

    /// <summary>Flat parameters and state of the best epoch; empty without patience.</summary>
    public float[] BestParameters { get; set; } = [];
    public float[] BestState { get; set; } = [];

    /// <summary>Global norm of all gradients, the objectives' own included.</summary>
    public double GradientNorm() => Math.Sqrt(Objectives.Select(own => own.Optimizer)
        .Prepend(Optimizer)
        .Sum(optimizer => optimizer.GradientNorm() * optimizer.GradientNorm()));

    /// <summary>One update of everything that is trained.</summary>
    public void Update(double learningRate, double gradientScale)
    {
        Updates++;
        Optimizer.Update(Updates, learningRate, gradientScale);
        foreach (var (_, optimizer) in Objectives) optimizer.Update(Updates, learningRate, gradientScale);
    }

    public void KeepBest(double loss, int epoch)
    {
        (BestLoss, BestEpoch) = (loss, epoch);
        BestParameters = Module.Learning.Flat.Device.ToFloats(Module.Learning.Flat);
        BestState = Module.Learning.Flat.Device.ToFloats(Module.Learning.FlatState);
    }

    public void AdoptBest()
    {
        if (BestEpoch < 0) return;
        Module.Learning.Flat.Device.Write(Module.Learning.Flat, BestParameters);
        Module.Learning.Flat.Device.Write(Module.Learning.FlatState, BestState);
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Average?.Dispose();
        foreach (var (_, optimizer) in Objectives) optimizer.Dispose();
    }

    private static Optimizer Create(Weights weights, TrainingRecipe recipe) => recipe.Optimizer switch
    {
        "adamw" => new AdamW(weights, recipe.WeightDecay),
        "sgd" => new Sgd(weights, recipe.Momentum, recipe.Nesterov, recipe.WeightDecay),
        _ => throw new RetortException("training", $"unknown optimizer '{recipe.Optimizer}'.", "adamw or sgd."),
    };
}
