using Retort.Nn;
using Retort.Nn.Adapters;
using Retort.Nn.Models;
using Retort.Nn.Optimizers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Nn.Adapters;

public sealed class LowRankAdaptersTests
{
    /// <summary>W = [[1, 2], [3, 4]], A = [[1, −1]], B = [[2], [3]], scale 4, x = [5, 7]: Wx = [19, 43], 4BAx = [−16, −24].</summary>
    [Fact]
    public void ASumByHand()
    {
        using var device = new ReferenceDevice();
        using var weights = new Weights();
        var adapter = new LowRankAdapter(weights, "layer", 2, 2, new LowRankOptions(1, 4));
        weights.Build(device, new Seed(1));
        device.Write(adapter.A.Value, [1.0, -1]);
        device.Write(adapter.B.Value, [2.0, 3]);
        using var step = new Step(device);
        step.Begin(training: false);
        var x = step.Constant(new Shape(1, 2), [5.0, 7]);
        var weight = step.Constant(new Shape(2, 2), [1.0, 2, 3, 4]);
        Assert.Equal([3.0, 19], device.ToDoubles(step.Linear(x, weight, residual: adapter.Forward(step, x, null))));
        adapter.MergeInto(weight);
        Assert.Equal([9.0, -6, 15, -8], device.ToDoubles(weight));
    }

    [Fact]
    public void TheScaleIsDividedByTheRankOrByItsRoot()
    {
        Assert.Equal(2, new LowRankOptions(16, 32).Factor);
        Assert.Equal(8, new LowRankOptions(16, 32) { RankStabilised = true }.Factor);
    }

    [Theory]
    [InlineData("gpt", "all-linear", 0)]
    [InlineData("gpt", "q_proj v_proj down_proj", 0.3)]
    [InlineData("bert", "all-linear", 0)]
    [InlineData("distilbert", "q_lin lin1 pre_classifier", 0.3)]
    public void GradientsAgreeWithFiniteDifferences(string kind, string targets, double dropout)
    {
        using var device = new ReferenceDevice();
        using var model = Model(kind, device);
        var adapters = Adapted(model, new LowRankOptions(2, 3) { Targets = targets.Split(' '), Dropout = dropout });
        using var step = new Step(device);
        double Loss(bool backward)
        {
            step.Begin(training: true, new Seed(9));
            var logits = Logits(step, model);
            int[] labels = [.. Enumerable.Range(0, (int)logits.Shape[0]).Select(row => row % 3)];
            var loss = step.RowLoss(logits, RowLossTerms.HardOnly(0), step.Constant(new Shape(labels.Length), labels)).Loss;
            if (backward) step.Backward(loss);
            return device.ToDoubles(loss)[0];
        }
        Loss(backward: true);
        double[] gradients = device.ToDoubles(adapters.Weights.Gradients), flat = device.ToDoubles(adapters.Weights.Flat);
        Assert.All(adapters.Weights.Parameters, parameter => Assert.True(step.Reached(parameter.Value), parameter.Name));
        Assert.False(step.Reached(model.Weights.Parameters[0].Value));
        foreach (var parameter in adapters.Weights.Parameters)
            for (var i = parameter.Offset; i < parameter.Offset + parameter.Shape.Count; i += 3)
            {
                double At(double value)
                {
                    device.Write(adapters.Weights.Flat.Part(i, new Shape(1)), [value]);
                    return Loss(backward: false);
                }
                var slope = (At(flat[i] + 1e-6) - At(flat[i] - 1e-6)) / 2e-6;
                At(flat[i]);
                Assert.True(Math.Abs(slope - gradients[i]) < 1e-6 * Math.Max(1, gradients.Max(Math.Abs)),
                    $"{parameter.Name}[{i - parameter.Offset}]: {gradients[i]} instead of {slope}");
            }
    }

    [Theory]
    [InlineData("gpt", "all-linear")]
    [InlineData("gpt", "k_proj up_proj")]
    [InlineData("bert", "all-linear")]
    [InlineData("distilbert", "all-linear")]
    public void MergedItAnswersAsAttachedAndDetachedAsBefore(string kind, string targets)
    {
        using var device = new CpuDevice(1);
        using var model = Model(kind, device);
        var before = Answers(model, device);
        var created = LowRankAdapters.Create(model, new LowRankOptions(2, 8) { Targets = targets.Split(' ') }, new Seed(2));
        Same(before, Answers(model, device)); // B is 0
        Disturb(created);
        var attached = Answers(model, device);
        Assert.True(before.Zip(attached, (x, y) => Math.Abs(x - y)).Max() > 1e-2, "the adapters change nothing");
        created.Detach();
        Assert.Equal(before, Answers(model, device));
        created.Attach();
        Assert.Equal(attached, Answers(model, device));
        created.Merge();
        Assert.Null(model.Adapters);
        Same(attached, Answers(model, device));
        Assert.Contains("added twice", Refused(created.Merge), StringComparison.Ordinal);
        Assert.Contains("added twice", Refused(created.Attach), StringComparison.Ordinal);
        Same(attached, Answers(model, device));
        created.Dispose();
    }

    /// <summary>The head is frozen, and a loss that makes logits chunk by chunk gives the adapters the same gradients.</summary>
    [Fact]
    public void ALossBesideTheHeadGivesTheSameGradients()
    {
        using var device = new ReferenceDevice();
        using var model = (Gpt)Model("gpt", device);
        var adapters = Adapted(model, new LowRankOptions(2, 3));
        using var step = new Step(device);
        double[] Gradients(Func<Tensor, Tensor, Tensor> loss)
        {
            step.Begin(training: true);
            var hidden = Gpt.Rows(step, model.States(step, step.Constant(new Shape(2, 4), [1, 2, 3, 4, 5, 6, 7, 19])));
            step.Backward(loss(hidden, step.Constant(new Shape(8), [0, 1, 2, 3, 4, 5, 6, 7])));
            return device.ToDoubles(adapters.Weights.Gradients);
        }
        var terms = RowLossTerms.HardOnly(0);
        var whole = Gradients((hidden, labels) => step.RowLoss(step.Linear(hidden, model.Head), terms, labels).Loss);
        var chunked = Gradients((hidden, labels) => step.HeadLoss(hidden, model.Head, null, terms, labels, chunkRows: 3).Loss);
        Assert.Contains(whole, value => Math.Abs(value) > 1e-3);
        Assert.All(whole.Zip(chunked), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void OnlyTheyLearnAndTheBaseHoldsNoGradients()
    {
        using var device = new CpuDevice(1);
        using var model = Model("bert", device);
        var classes = device.ToFloats(Named(model.Weights, "classifier.weight").Value);
        var adapters = LowRankAdapters.Create(model, new LowRankOptions(2, 2), new Seed(1));
        Assert.Equal(0, model.Weights.GradientBytes);
        Assert.Same(adapters.Weights, model.Learning);
        Assert.Equal(["classifier"], adapters.WholeLayers);
        Assert.Equal(classes, device.ToFloats(Named(adapters.Weights, "classifier.weight").Value));
        var values = device.ToFloats(model.Weights.Flat);
        using var step = new Step(device);
        using var optimizer = new AdamW(model.Learning, weightDecay: 0.1);
        step.Begin(training: true);
        step.Backward(step.RowLoss(Logits(step, model), RowLossTerms.HardOnly(0), step.Constant(new Shape(2), [0, 2])).Loss);
        var answers = Answers(model, device);
        optimizer.Update(1, 0.05);
        Assert.NotEqual(answers, Answers(model, device));
        Assert.Equal(values, device.ToFloats(model.Weights.Flat));
        adapters.Detach();
        Assert.Same(model.Weights, model.Learning);
        adapters.Dispose();
    }

    [Fact]
    public void ANarrowBaseAnswersButIsNotMerged()
    {
        using var device = new CpuDevice(1);
        using var model = Model("gpt", device);
        model.Weights.Freeze(DataType.Int8);
        var before = Answers(model, device);
        var adapters = Adapted(model, new LowRankOptions(2, 8));
        Assert.NotEqual(before, Answers(model, device));
        Assert.Equal("adapters cannot be merged into weights of a narrow type.", Refused(adapters.Merge));
    }

    /// <summary>The classifier's copy is wide: at first it says what the narrow one says.</summary>
    [Theory]
    [InlineData(DataType.BFloat16)]
    [InlineData(DataType.Int8)]
    public void ANarrowEncoderAnswersWithThem(DataType storage)
    {
        using var device = new CpuDevice(1);
        using var model = Model("bert", device);
        model.Weights.Freeze(storage);
        var before = Answers(model, device);
        var adapters = LowRankAdapters.Create(model, new LowRankOptions(2, 8), new Seed(1));
        Same(before, Answers(model, device));
        Disturb(adapters);
        Assert.NotEqual(before, Answers(model, device));
    }

    [Fact]
    public void TargetsAreNamedAsInPeft()
    {
        using var device = new CpuDevice(1);
        using var model = Model("gpt", device);
        var options = new LowRankOptions(2, 2) { Targets = ["v_proj", "layers.1.mlp.up_proj"] };
        var adapters = LowRankAdapters.Create(model, options, new Seed(1));
        Assert.Equal(["model.layers.0.self_attn.v_proj", "model.layers.1.self_attn.v_proj", "model.layers.1.mlp.up_proj"],
            adapters.Adapters.Select(adapter => adapter.Layer));
        Assert.Equal([new Shape(2, 8), new Shape(4, 2)], adapters.Weights.Parameters.Take(2).Select(parameter => parameter.Shape));
        Assert.All(device.ToFloats(adapters.Adapters.First().A.Value), value => Assert.InRange(Math.Abs(value), 0, 1 / Math.Sqrt(8)));
        Assert.Equal("the model has adapters already.", Refused(() => LowRankAdapters.Create(model, options, new Seed(1))));
    }

    [Fact]
    public void WhatCannotBeAdaptedIsSaid()
    {
        using var device = new CpuDevice(1);
        using var model = Model("gpt", device);
        string Error(LowRankOptions options, Module? module = null) =>
            Refused(() => LowRankAdapters.Create(module ?? model, options, new Seed(1)));
        Assert.Equal("no linear layer is called 'c_attn'.", Error(new LowRankOptions(2, 2) { Targets = ["c_attn"] }));
        Assert.Equal("no linear layer is called 'proj'.", Error(new LowRankOptions(2, 2) { Targets = ["proj"] }));
        Assert.Equal("no linear layer is called 'lm_head'.", Error(new LowRankOptions(2, 2) { Whole = ["lm_head"] }));
        Assert.Contains("are one product, of which no whole copy can learn.", Error(new LowRankOptions(2, 2) { Whole = ["q_proj"] }),
            StringComparison.Ordinal);
        Assert.Equal("rank is 0.", Error(new LowRankOptions(0, 2)));
        Assert.Equal("scale is 0.", Error(new LowRankOptions(2, 0)));
        Assert.Equal("dropout is 1.", Error(new LowRankOptions(2, 2) { Dropout = 1 }));
        Assert.Equal("no layer is named in targets.", Error(new LowRankOptions(2, 2) { Targets = [] }));
        using var mlp = new Mlp(new Shape(3), [], 2);
        Assert.Equal("the model has no layers for adapters.", Error(new LowRankOptions(2, 2), mlp));
        using var unbuilt = new Gpt(new GptShape(20, 8, 2, 2, 1, 4, 12, 16));
        Assert.Equal("cannot be frozen now.", Error(new LowRankOptions(2, 2), unbuilt));
        Assert.Null(model.Adapters);
        Assert.Same(model.Weights, model.Learning);
    }

    private static Parameter Named(Weights weights, string name) => weights.Parameters.Single(parameter => parameter.Name == name);

    private static string Refused(Action action) => Assert.Throws<RetortException>(action).What;

    private static void Same(float[] expected, float[] found) => Assert.All(expected.Zip(found), pair =>
        Assert.Equal(pair.First, pair.Second, 1e-5f * Math.Max(1, Math.Abs(pair.First))));

    private static LowRankAdapters Adapted(Module model, LowRankOptions options)
    {
        var adapters = LowRankAdapters.Create(model, options, new Seed(4));
        Disturb(adapters);
        return adapters;
    }

    /// <summary>As if it had learned.</summary>
    private static void Disturb(LowRankAdapters adapters)
    {
        var (flat, seed) = (adapters.Weights.Flat, new Seed(8));
        float[] values = flat.Device.ToFloats(flat);
        flat.Device.Write(flat, [.. values.Select((value, i) => value + (float)(0.5 * seed.Normal((ulong)i)))]);
    }

    private static Module Model(string kind, Device device)
    {
        Module model = kind switch
        {
            "gpt" => new Gpt(new GptShape(20, 8, 2, 2, 1, 4, 12, 16) { AttentionBias = true }),
            "bert" => new Bert(new BertShape(20, 8, 2, 2, 12, 16, 3)),
            _ => new Bert(new BertShape(20, 8, 2, 2, 12, 16, 3, TokenTypes: 0, Kind: BertKind.DistilBert)),
        };
        model.Build(device, new Seed(3));
        foreach (var parameter in model.Weights.Parameters.Where(parameter => parameter.Shape.Rank > 1)) // far from where training starts
            device.Write(parameter.Value, [.. device.ToFloats(parameter.Value).Select(value => 10 * value)]);
        return model;
    }

    private static Tensor Logits(Step step, Module model) =>
        model.Forward(step, step.Constant(new Shape(2, 4), [1, 2, 3, 4, 5, 6, 7, 19]));

    private static float[] Answers(Module model, Device device)
    {
        using var step = new Step(device);
        step.Begin(training: false);
        return device.ToFloats(Logits(step, model));
    }
}
