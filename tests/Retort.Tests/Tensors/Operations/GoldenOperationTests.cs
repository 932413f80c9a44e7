using System.Text.Json;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Tensors.Operations;

/// <summary>Outputs and gradients of operations against those of other implementations.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenOperationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Operations(bool cpu)
    {
        var path = Fixtures.Path("ops/ops.json", out var absent);
        if (path is null) Assert.Skip(absent);
        using var device = Make(cpu);
        using var document = Fixtures.Read(path);
        var report = new GoldenReport($"ops/ops.json on {device.Name}");
        var missing = new List<string>();
        foreach (var element in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            var name = element.GetProperty("op").GetString()!;
            if (GoldenOperations.Named(name, element.GetProperty("params")) is not { } run) missing.Add(name);
            else Check(report, device, cpu, name, element, run);
        }
        output.WriteLine(report.Line);
        if (missing.Count > 0) output.WriteLine($"golden: ops/ops.json, not built: {string.Join(", ", missing.Distinct())}");
        Assert.Empty(report.Failures);
    }

    private static void Check(GoldenReport report, Device device, bool cpu, string name, JsonElement element,
        Func<Step, Dictionary<string, Tensor>, Tensor> run)
    {
        var gradients = GoldenTensor.All(element.GetProperty("gradients"));
        using var step = new Step(device);
        step.Begin(training: true);
        var inputs = GoldenTensor.All(element.GetProperty("inputs"))
            .ToDictionary(pair => pair.Key, pair => pair.Value.On(step, gradients.ContainsKey(pair.Key)));
        var result = run(step, inputs);
        Outputs(report, cpu, name, GoldenTensor.From(element.GetProperty("output")).Values, device.ToDoubles(result));
        step.Backward(result, step.Constant(result.Shape, GoldenTensor.From(element.GetProperty("upstream")).Values));
        foreach (var (input, expected) in gradients)
            report.CompareToLargest($"{name}, gradient of {input}", expected.Values, device.ToDoubles(step.GradientOf(inputs[input])), 1e-5,
                cpu ? 1 : 1e-30);
        report.Case();
    }

    private static Device Make(bool cpu) => cpu ? new CpuDevice(1) : new ReferenceDevice();

    private static void Outputs(GoldenReport report, bool cpu, string what, double[] expected, double[] found) =>
        report.Compare(what, expected, found, cpu ? 1e-5 : 1e-6, cpu ? 1 : 1e-3);
}
