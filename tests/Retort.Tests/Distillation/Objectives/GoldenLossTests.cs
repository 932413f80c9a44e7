using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Distillation.Objectives;

/// <summary>Values and gradients of every loss file against those of the well-known implementations.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenLossTests(ITestOutputHelper output)
{
    public static TheoryData<string, bool> Files
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var (name, _) in Fixtures.Find("losses", "*.json"))
                foreach (var cpu in new[] { false, true })
                    data.Add(name, cpu);
            return data;
        }
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Files))]
    public void ALossFile(string file, bool cpu)
    {
        var path = Fixtures.Path(file, out var absent);
        if (path is null) Assert.Skip(absent);
        if (GoldenLosses.Named(Path.GetFileNameWithoutExtension(file)) is not { } run)
        {
            output.WriteLine($"golden: {file} NOT BUILT");
            Assert.Skip($"golden: {file} NOT BUILT: we have no such loss.");
            return;
        }
        using var device = cpu ? (Device)new CpuDevice(1) : new ReferenceDevice();
        using var document = Fixtures.Read(path);
        var report = new GoldenReport($"{file} on {device.Name}");
        foreach (var element in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            using var step = new Step(device);
            step.Begin(training: true);
            Check(report, new GoldenCase(step, element), run, device, cpu);
        }
        output.WriteLine(report.Line);
        Assert.Empty(report.Failures);
    }

    private static void Check(GoldenReport report, GoldenCase given, Func<GoldenCase, Tensor> run, Device device, bool cpu)
    {
        var what = $"case {report.Cases}";
        var loss = run(given);
        if (given.Loss is { } expected) Values($"{what}, loss", [expected], loss);
        foreach (var (name, tensor) in given.Expected) Values($"{what}, {name}", tensor.Values, given.Outputs[name]);
        if (given.Gradients.Count > 0) given.Step.Backward(loss);
        foreach (var (name, slopes) in given.Gradients)
            report.CompareToLargest($"{what}, gradient of {name}", slopes.Values, device.ToDoubles(given.Step.GradientOf(given[name])),
                1e-5, cpu ? 1 : 1e-30);
        report.Case();

        void Values(string label, double[] numbers, Tensor found)
        {
            if (given.Single && !cpu) report.Compare(label, numbers, device.ToDoubles(found), 3e-6, 1);
            else report.Compare(label, numbers, device.ToDoubles(found), cpu ? 1e-5 : 1e-6, cpu ? 1 : 1e-3);
        }
    }
}
