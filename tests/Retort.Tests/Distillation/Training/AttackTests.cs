using Retort.Data;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Operations;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

public sealed class AttackTests
{
    private static readonly AttackRecipe Small = new() { Radius = 0.1, StepSize = 0.03, Steps = 7 };

    [Fact]
    public void ALinearModelIsMovedToTheCornerAndNoFurther()
    {
        using var device = new CpuDevice(1);
        using var model = Linear(device);
        using var attack = new Attack(Small, (0, 1), device);
        float[] examples = [0.5f, 0.05f];
        attack.Run(model, examples, 1, (step, logits) => Loss(step, logits, [0]), new Seed(3));
        Assert.Equal(0.4f, examples[0], 1e-6f); // class 0 gains by x0: it goes down by the radius
        Assert.Equal(0.15f, examples[1], 1e-6f);
    }

    [Fact]
    public void TheRangeOfTheDataIsKept()
    {
        using var device = new CpuDevice(1);
        using var model = Linear(device);
        using var attack = new Attack(Small, (0, 1), device);
        float[] examples = [0.02f, 0.98f];
        attack.Run(model, examples, 1, (step, logits) => Loss(step, logits, [0]), new Seed(3));
        Assert.Equal([0f, 1f], examples);
    }

    [Fact]
    public void ParametersGetNoGradientFromAnAttack()
    {
        using var device = new CpuDevice(1);
        using var model = Linear(device);
        device.Kernels.Fill(model.Weights.Gradients.Storage, 7);
        using var attack = new Attack(Small, (0, 1), device);
        attack.Run(model, new float[2], 1, (step, logits) => Loss(step, logits, [1]), new Seed(3));
        Assert.All(device.ToFloats(model.Weights.Gradients), value => Assert.Equal(7, value));
    }

    [Fact]
    public void AFrozenModelCanBeAttacked()
    {
        using var device = new CpuDevice(1);
        using var model = Linear(device);
        model.Weights.Freeze(DataType.Float32);
        using var attack = new Attack(Small, (0, 1), device);
        float[] examples = [0.5f, 0.05f];
        attack.Run(model, examples, 1, (step, logits) => Loss(step, logits, [0]), new Seed(3));
        Assert.Equal(0.4f, examples[0], 1e-6f);
    }

    [Fact]
    public void RobustAccuracyCountsWhatIsFarFromTheBorder()
    {
        using var device = new CpuDevice(1);
        using var model = Linear(device); // the border is x0 = x1
        var data = new Dataset { Features = [0.9f, 0.1f, 0.55f, 0.45f, 0.1f, 0.9f, 1, 0], Labels = [0, 0, 1, 1], ExampleShape = [2],
            ClassNames = ["a", "b"], Hash = "" };
        Assert.Equal(0.5, RobustAccuracy.Of(model, data, 4, Small, device, new Seed(1)));
        Assert.Equal(0.75, RobustAccuracy.Of(model, data, 4, Small with { Radius = 0.01, StepSize = 0.01 }, device, new Seed(1)));
    }

    private static Tensor Loss(Step step, Tensor logits, int[] classes) =>
        step.RowLoss(logits, RowLossTerms.HardOnly(), step.Constant(new Shape(classes.Length), classes)).Loss;

    /// <summary>z = (x0 − x1, x1 − x0).</summary>
    private static Mlp Linear(CpuDevice device)
    {
        var model = new Mlp(new Shape(2), [], 2);
        model.Build(device, new Seed(1));
        device.Write(model.Layers[0].Weight.Value, (float[])[1, -1, -1, 1]);
        return model;
    }
}
