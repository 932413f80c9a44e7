using Retort.Nn;
using Retort.Nn.Optimizers;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Training;

/// <summary>Everything that a training run changes: model, optimiser, average, and how far it is.</summary>
public sealed class TrainState : IDisposable
{
    public TrainState(Module module, TrainingRecipe recipe)
    {
        Module = module;
        Optimizer = recipe.Optimizer switch
        {
            "adamw" => new AdamW(module.Weights, recipe.WeightDecay),
            "sgd" => new Sgd(module.Weights, recipe.Momentum, recipe.Nesterov, recipe.WeightDecay),
            _ => throw new RetortException("training", $"unknown optimizer '{recipe.Optimizer}'.", "adamw or sgd."),
        };
        if (recipe.EmaDecay > 0) Average = new MovingAverage(module.Weights, recipe.EmaDecay);
    }

    public Module Module { get; }
    public Optimizer Optimizer { get; }
    public MovingAverage? Average { get; }

    /// <summary>Updates done.</summary>
    public long Updates { get; set; }

    /// <summary>Best validation loss so far and the epoch it came from; only with patience.</summary>
    public double BestLoss { get; set; } = double.PositiveInfinity;
    public int BestEpoch { get; set; } = -1;

    /// <summary>Flat parameters and state of the best epoch; empty without patience.</summary>
    public float[] BestParameters { get; set; } = [];
    public float[] BestState { get; set; } = [];

    public void KeepBest(double loss, int epoch)
    {
        (BestLoss, BestEpoch) = (loss, epoch);
        BestParameters = Module.Weights.Flat.Device.ToFloats(Module.Weights.Flat);
        BestState = Module.Weights.Flat.Device.ToFloats(Module.Weights.FlatState);
    }

    public void AdoptBest()
    {
        if (BestEpoch < 0) return;
        Module.Weights.Flat.Device.Write(Module.Weights.Flat, BestParameters);
        Module.Weights.Flat.Device.Write(Module.Weights.FlatState, BestState);
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Average?.Dispose();
    }
}
