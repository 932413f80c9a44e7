using Retort.Formats.Onnx;
using Retort.Teachers.Onnx;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

/// <summary>Graphs of a single node.</summary>
internal static class OneNode
{
    /// <summary>The first output.</summary>
    public static OnnxArray Run(string name, OnnxArray?[] inputs, params (string Name, object Value)[] attributes) =>
        Run(23, name, 1, inputs, attributes)[0];

    /// <param name="opset">Version of the operator set.</param>
    /// <param name="name">Operator, with its domain before a colon where it has one.</param>
    /// <param name="outputs">How many are asked for.</param>
    /// <param name="inputs">In order; null where left out.</param>
    /// <param name="attributes">Constants of the node.</param>
    public static OnnxArray[] Run(long opset, string name, int outputs, OnnxArray?[] inputs,
        params (string Name, object Value)[] attributes)
    {
        var at = name.IndexOf(':', StringComparison.Ordinal);
        var (domain, operation) = (at < 0 ? "" : name[..at], name[(at + 1)..]);
        string[] given = [.. inputs.Select((input, i) => input is null ? "" : $"x{i}")];
        string[] made = [.. Enumerable.Range(0, outputs).Select(i => $"y{i}")];
        var node = new OnnxNode("n", operation, domain, given, made, attributes.ToDictionary(pair => pair.Name, pair => pair.Value));
        var graph = new OnnxModelGraph("g", [node], [],
            [.. inputs.Select((input, i) => (input, i)).Where(pair => pair.input is not null)
                .Select(pair => new OnnxValueInfo($"x{pair.i}", pair.input!.Type, null))],
            [.. made.Select(output => new OnnxValueInfo(output, OnnxType.Undefined, null))]);
        var model = new OnnxModel("m.onnx", "", 0, 10, new Dictionary<string, long> { [""] = opset, [domain] = at < 0 ? opset : 1 }, graph, [],
            new Dictionary<string, string>());
        using var device = new CpuDevice(1);
        using var program = new OnnxProgram(model, device);
        return [.. program.Run([.. inputs.OfType<OnnxArray>()]).Cast<OnnxArray>()];
    }

    public static OnnxArray Row(params float[] values) => OnnxArray.Of([values.Length], values);

    public static OnnxArray Whole(params long[] values) => OnnxArray.Vector(values);
}
