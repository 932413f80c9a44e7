using Retort.Data;
using Retort.Nn;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Training;

/// <summary>Share of examples that a model still gets right when each is attacked on the cross-entropy of its class.</summary>
public static class RobustAccuracy
{
    private const int BatchSize = 250;

    /// <param name="model">Who is attacked.</param>
    /// <param name="data">Examples and classes.</param>
    /// <param name="rows">The first so many.</param>
    /// <param name="recipe">Radius, step size, steps.</param>
    /// <param name="device">Where the model computes.</param>
    /// <param name="seed">Of the noise at the start.</param>
    public static double Of(Module model, Dataset data, int rows, AttackRecipe recipe, Device device, Seed seed)
    {
        using var attack = new Attack(recipe, Attack.RangeOf(data.Features), device);
        using var step = new Step(device, "attacked");
        var right = 0;
        for (var first = 0; first < rows; first += BatchSize)
        {
            var count = Math.Min(BatchSize, rows - first);
            var examples = data.Features.AsSpan(first * data.ExampleSize, count * data.ExampleSize).ToArray();
            var classes = data.Labels.AsMemory(first, count);
            attack.Run(model, examples, count, (own, logits) =>
                own.RowLoss(logits, RowLossTerms.HardOnly(), own.Constant(new Shape(count), classes.Span)).Loss, seed.Derive((ulong)first));
            step.Begin(training: false);
            var logits = model.Forward(step, step.Constant(model.BatchShape(count), examples.AsSpan()));
            var said = new Evaluation.Predictions("attacked", model.Classes, device.ToFloats(logits));
            right += Enumerable.Range(0, count).Count(i => said.Top(i) == classes.Span[i]);
        }
        return (double)right / rows;
    }
}
