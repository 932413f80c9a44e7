using Retort.Tensors;
using Retort.Tensors.Autograd;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Tensors.Operations;

/// <summary>What has run a few times with the same shapes allocates nothing any more, neither managed nor native.</summary>
public sealed class SteadyStateTests
{
    public static TheoryData<string> Names => [.. OperationCases.All.Select(operation => operation.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void AnOperationAndItsBackwardAllocateNothing(string name)
    {
        var operation = OperationCases.All.Single(operation => operation.Name == name);
        using var device = new CpuDevice(1);
        using var step = new Step(device);
        var inputs = new Tensor[operation.Inputs.Count];
        double[] upstream = [];
        void Run()
        {
            step.Begin(training: true, new Seed(1));
            for (var i = 0; i < inputs.Length; i++) inputs[i] = operation.Inputs[i].On(step);
            var output = operation.Run(step, inputs);
            if (upstream.Length != output.Shape.Count) upstream = GradientCheck.Upstream(output.Shape.Count, new Seed(2));
            step.Backward(output, step.Constant(output.Shape, upstream));
        }

        Assert.Equal((0, 0), Allocated(device, Run));
    }

    /// <summary>A step that records something else than the one before makes new places on its tape, and is right all the same.</summary>
    [Fact]
    public void StepsMayChange()
    {
        var cases = OperationCases.All.Where(operation => operation.Name is "used twice" or "linear Gelu" or "softmax 3×7" or "concat 1")
            .ToList();
        using var device = new CpuDevice(1);
        using var step = new Step(device);
        foreach (var operation in cases.Concat(cases))
        {
            step.Begin(training: true, new Seed(77));
            Tensor[] inputs = [.. operation.Inputs.Select(input => input.On(step))];
            var output = operation.Run(step, inputs);
            step.Backward(output, step.Constant(output.Shape, GradientCheck.Upstream(output.Shape.Count, new Seed(77))));
            var alone = operation.On(device);
            Assert.Equal(alone.Output, device.ToDoubles(output));
            for (var i = 0; i < inputs.Length; i++) Assert.Equal(alone.Gradients[i], device.ToDoubles(step.GradientOf(inputs[i])));
        }
    }

    [Fact]
    public void WhatIsAllocatedIsCounted()
    {
        using var device = new CpuDevice(1);
        using var step = new Step(device);
        var size = 1 << 18;
        var (managed, native) = Allocated(device, () =>
        {
            step.Begin(training: false);
            step.Allocate(new Shape(size *= 2));
            GC.KeepAlive(new byte[1000]);
        }, runs: 1);
        Assert.InRange(managed, 1000, 2000);
        Assert.InRange(native, 1, 2); // a block that is large enough, and perhaps one that joins the earlier ones
    }

    /// <summary>
    /// Managed bytes and native blocks of a run, after three: the least of several, because the runtime may take a kilobyte for itself
    /// in any one of them, and what a step allocates it allocates in every one.
    /// </summary>
    internal static (long Managed, long Native) Allocated(CpuDevice device, Action run, int runs = 12)
    {
        for (var i = 0; i < 3; i++) run();
        var least = (Managed: long.MaxValue, Native: long.MaxValue);
        for (var i = 0; i < runs; i++)
        {
            var (managed, native) = (GC.GetAllocatedBytesForCurrentThread(), device.NativeAllocations);
            run();
            least = (Math.Min(least.Managed, GC.GetAllocatedBytesForCurrentThread() - managed),
                Math.Min(least.Native, device.NativeAllocations - native));
        }
        return least;
    }
}
