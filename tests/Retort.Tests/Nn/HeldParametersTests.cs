using Retort.Nn.Models;
using Retort.Nn.Optimizers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Nn;

/// <summary>Parameters that do not learn: no gradient, no optimiser state, and everything else as without them.</summary>
public sealed class HeldParametersTests : IDisposable
{
    private static readonly string[] Held = ["embed_tokens", "layers.0"];
    private readonly CpuDevice _device = new(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheOthersHaveTheGradientsThatTheyHad(bool before)
    {
        using var whole = Model([], before);
        using var part = Model(Held, before);
        Assert.Equal(Loss(whole, backward: false), Loss(part, backward: false));
        Assert.Equal(Loss(whole, backward: true), Loss(part, backward: true));
        foreach (var (all, own) in whole.Weights.Parameters.Zip(part.Weights.Parameters))
        {
            Assert.Equal(own.Name.Contains("embed_tokens", StringComparison.Ordinal)
                || own.Name.Contains("layers.0.", StringComparison.Ordinal), own.IsHeld);
            if (!own.IsHeld)
                Assert.Equal(_device.ToFloats(whole.Weights.Gradients.Part(all.Offset, all.Shape)),
                    _device.ToFloats(part.Weights.Gradients.Part(own.Offset, own.Shape)));
        }
    }

    [Fact]
    public void TheyHaveNoGradientAndNoStateAndStay()
    {
        using var whole = Model([], true);
        using var part = Model(Held, true);
        Assert.True(part.Weights.GradientBytes < 0.75 * whole.Weights.GradientBytes);
        Assert.Equal(whole.Weights.Count, whole.Weights.LearningCount);
        Assert.Equal(part.Weights.Parameters.Where(parameter => !parameter.IsHeld).Sum(parameter => parameter.Shape.Count),
            part.Weights.LearningCount);
        var values = Values(part);
        using var step = new Step(_device);
        Backward(step, part);
        Assert.All(part.Weights.Parameters.Where(parameter => parameter.IsHeld), parameter => Assert.False(step.Reached(parameter.Value)));
        Assert.True(step.Reached(part.Head));
        using var optimizer = new AdamW(part.Weights, weightDecay: 0.1);
        optimizer.Update(1, 0.1);
        Assert.All(optimizer.State, state => Assert.Equal(part.Weights.Gradients.Shape, state.Value.Shape));
        foreach (var ((now, was), parameter) in Values(part).Zip(values).Zip(part.Weights.Parameters))
            Assert.Equal(parameter.IsHeld, now.SequenceEqual(was));
    }

    [Fact]
    public void AFrozenModelGivesThemUpToo()
    {
        using var whole = Model([], true);
        using var part = Model(Held, true);
        whole.Weights.Freeze(DataType.Int8);
        part.Weights.Freeze(DataType.Int8);
        Assert.Equal(whole.Weights.Bytes, part.Weights.Bytes);
        Assert.Equal(Loss(whole, backward: false), Loss(part, backward: false));
        Assert.Equal("is frozen: all of it is held still.", Refused(() => part.Weights.Hold("layers.1")));
        Assert.Equal(0, part.Weights.LearningCount);
    }

    [Fact]
    public void WhatCannotBeHeldIsSaid()
    {
        using var model = Model([], true);
        Assert.Equal("no parameter has 'layer.0' in its path.", Refused(() => model.Weights.Hold("layer.0")));
        Assert.Equal("model.layers.0.self_attn.q_proj.weight, model.layers.0.self_attn.k_proj.weight, "
            + "model.layers.0.self_attn.v_proj.weight are one product, of which model.layers.0.self_attn.q_proj.weight would be held.",
            Refused(() => model.Weights.Hold("q_proj")));
        Assert.Equal($"all {model.Weights.Parameters.Count} parameters would be held.",
            Refused(() => model.Weights.Hold("model", "lm_head")));
        Assert.All(model.Weights.Parameters, parameter => Assert.False(parameter.IsHeld));
    }

    public void Dispose() => _device.Dispose();

    private static string Refused(Action action) => Assert.Throws<RetortException>(action).What;

    private Gpt Model(string[] held, bool before)
    {
        var model = new Gpt(new GptShape(20, 8, 2, 2, 1, 4, 12, 16));
        if (before && held.Length > 0) model.Weights.Hold(held);
        model.Build(_device, new Seed(3));
        if (!before && held.Length > 0) model.Weights.Hold(held);
        return model;
    }

    private List<float[]> Values(Gpt model) => [.. model.Weights.Parameters.Select(parameter => _device.ToFloats(parameter.Value))];

    private float Loss(Gpt model, bool backward)
    {
        using var step = new Step(_device);
        if (backward) return Backward(step, model);
        step.Begin(training: false);
        return LossOf(step, model, out _);
    }

    private float Backward(Step step, Gpt model)
    {
        step.Begin(training: true);
        var value = LossOf(step, model, out var loss);
        step.Backward(loss);
        return value;
    }

    private float LossOf(Step step, Gpt model, out Tensor loss)
    {
        var logits = model.Forward(step, step.Constant(new Shape(2, 4), [1, 2, 3, 4, 5, 6, 7, 19]));
        loss = step.RowLoss(logits, RowLossTerms.HardOnly(0), step.Constant(new Shape(8), [2, 3, 4, 5, 6, 7, 8, 9])).Loss;
        return _device.ToFloats(loss)[0];
    }
}
