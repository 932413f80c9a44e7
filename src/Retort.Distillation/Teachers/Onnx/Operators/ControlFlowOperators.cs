using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Operators that run bodies.</summary>
internal static class ControlFlowOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["If"] = call => call.Run(call.Array(0).Bools()[0] ? "then_branch" : "else_branch", []),
        ["Loop"] = Loop,
        ["Scan"] = call => call.Opset < 9 ? ScanOfBatches(call) : Scan(call),
    };

    /// <summary>Arrays of one shape as one, with a new axis.</summary>
    public static OnnxArray Stack(IReadOnlyList<OnnxArray> items, long axis) =>
        ShapeOperators.Concat([.. items.Select(item => ShapeOperators.Unsqueeze(item, [axis]))], axis);

    private static OnnxModelGraph Body(OperatorCall call) => (OnnxModelGraph)call.Node.Attributes["body"];

    private static OnnxValue?[] Loop(OperatorCall call)
    {
        var most = call.Optional(0)?.Long() ?? long.MaxValue;
        var goes = call.Optional(1)?.Bools()[0] ?? true;
        var carried = call.Inputs.Skip(2).ToArray();
        var gathered = new List<OnnxArray>[Body(call).Outputs.Count - 1 - carried.Length];
        for (var i = 0; i < gathered.Length; i++) gathered[i] = [];
        for (var turn = 0L; turn < most && goes; turn++)
        {
            var outputs = call.Run("body", [OnnxArray.Of([], [turn]), OnnxArray.Of([], [goes]), .. carried]);
            goes = ((OnnxArray)outputs[0]!).Bools()[0];
            carried = outputs[1..(1 + carried.Length)];
            for (var i = 0; i < gathered.Length; i++) gathered[i].Add((OnnxArray)outputs[1 + carried.Length + i]!);
        }
        return [.. carried, .. gathered.Select((items, i) => items.Count > 0 ? Stack(items, 0) : Nothing(call, 1 + carried.Length + i))];
    }

    /// <summary>What a loop that never turned has gathered.</summary>
    private static OnnxArray Nothing(OperatorCall call, int output)
    {
        var info = Body(call).Outputs[output];
        int[] shape = [0, .. (info.Shape ?? []).Select(extent => (int)Math.Max(extent, 0))];
        return CastOperators.Cast(OnnxArray.Of(shape, System.Array.Empty<float>()), info.Type);
    }

    private static OnnxValue?[] Scan(OperatorCall call)
    {
        var scanned = (int)call.Int("num_scan_inputs", 1);
        var states = call.Inputs.Length - scanned;
        var inputs = Enumerable.Range(states, scanned).Select(call.Array).ToArray();
        var outputs = Body(call).Outputs.Count - states;
        var inputAxes = Extents.Of(call.Ints("scan_input_axes") ?? new long[scanned]);
        return Scanned(call, [.. call.Inputs.Take(states)], inputs, [.. inputs.Select((input, i) =>
            Extents.Axis(inputAxes[i], input.Rank))],
            call.Ints("scan_input_directions") ?? new long[scanned], call.Ints("scan_output_axes") ?? new long[outputs],
            call.Ints("scan_output_directions") ?? new long[outputs]);
    }

    private static OnnxValue?[] Scanned(OperatorCall call, OnnxValue?[] states, OnnxArray[] inputs, int[] axes, long[] directions,
        long[] outputAxes, long[] outputDirections)
    {
        var gathered = outputAxes.Select(_ => new List<OnnxArray>()).ToArray();
        var turns = inputs[0].Shape[axes[0]];
        for (var turn = 0; turn < turns; turn++)
        {
            var at = turn;
            var slices = inputs.Select((input, i) =>
            {
                var part = ShapeOperators.Part(input, axes[i], directions[i] == 0 ? at : turns - 1 - at, 1);
                return (OnnxValue)part.Reshaped([.. part.Shape[..axes[i]], .. part.Shape[(axes[i] + 1)..]]);
            });
            var outputs = call.Run("body", [.. states, .. slices]);
            states = outputs[..states.Length];
            for (var i = 0; i < gathered.Length; i++)
                gathered[i].Insert(outputDirections[i] == 0 ? gathered[i].Count : 0, (OnnxArray)outputs[states.Length + i]!);
        }
        return [.. states, .. gathered.Select((items, i) => items.Count > 0 ? Stack(items, outputAxes[i])
            : Nothing(call, states.Length + i))];
    }

    /// <summary>Opset 8: the first axis of everything is a batch, each of its items with a length of its own.</summary>
    private static OnnxValue?[] ScanOfBatches(OperatorCall call)
    {
        var lengths = call.Optional(0)?.Longs();
        var scanned = (int)call.Int("num_scan_inputs", 1);
        var states = call.Inputs.Length - 1 - scanned;
        var batch = call.Array(1 + states).Shape[0];
        var directions = call.Ints("directions") ?? new long[scanned];
        var outputs = new long[Body(call).Outputs.Count - states];
        var results = Enumerable.Range(0, batch).Select(item =>
        {
            var values = Enumerable.Range(1, states + scanned).Select(i => Item(call.Array(i), item)).ToArray();
            var inputs = values[states..];
            if (lengths is not null) inputs = [.. inputs.Select(input => ShapeOperators.Part(input, 0, 0, (int)lengths[item]))];
            return Scanned(call, values[..states], inputs, new int[scanned], directions, outputs, outputs);
        }).ToArray();
        return [.. results[0].Select((_, i) => Stack([.. results.Select(result => (OnnxArray)result[i]!)], 0))];
    }

    private static OnnxArray Item(OnnxArray x, int index) => ShapeOperators.Part(x, 0, index, 1).Reshaped(x.Shape[1..]);
}
