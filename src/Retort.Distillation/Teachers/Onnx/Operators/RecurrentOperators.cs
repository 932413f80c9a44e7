using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Recurrent layers over [sequence, batch, input], in one or both directions.</summary>
internal static class RecurrentOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["RNN"] = call => Run(call, 1, RecurrentCells.Plain, "Tanh"),
        ["GRU"] = call => Run(call, 3, RecurrentCells.Gru, "Sigmoid", "Tanh"),
        ["LSTM"] = call => Run(call, 4, RecurrentCells.Lstm, "Sigmoid", "Tanh", "Tanh"),
    };

    private static OnnxValue?[] Run(OperatorCall call, int gates, RecurrentStep step, params string[] usual)
    {
        var batchFirst = call.Int("layout", 0) == 1;
        var x = batchFirst ? ShapeOperators.Transpose(call.Array(0), 1, 0, 2) : call.Array(0);
        var (weights, recurrent) = (call.Array(1), call.Array(2).As<float>());
        var (directions, size) = (weights.Shape[0], recurrent.Shape[2]);
        var (length, batch, width) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        if (weights.Shape[1] != gates * size || weights.Shape[2] != width || recurrent.Shape[1] != gates * size)
            throw call.Refuse($"weights {Extents.Text(weights.Shape)} and {Extents.Text(recurrent.Shape)} for inputs of {width}",
                $"[directions, {gates}·hidden, {width}] and [directions, {gates}·hidden, hidden].");
        var hidden = State(call, 5, batchFirst, directions * batch * size);
        var cell = State(call, 6, batchFirst, gates == 4 ? directions * batch * size : 0);
        var y = new float[Extents.Count([length, directions, batch, size])];
        for (var direction = 0; direction < directions; direction++)
        {
            var terms = Terms(call, direction, gates, size, usual);
            var all = Projected(call, x, direction, (length * batch, width, gates * size), gates == 3);
            var matrix = recurrent.Data.AsSpan(direction * gates * size * size, gates * size * size);
            var back = direction == 1 || call.Text("direction", "forward") == "reverse";
            for (var item = 0; item < batch; item++)
            {
                var steps = call.Optional(4) is { } lengths ? (int)Math.Clamp(lengths.Longs()[item], 0, length) : length;
                var own = hidden.AsSpan((direction * batch + item) * size, size);
                var memory = gates == 4 ? cell.AsSpan((direction * batch + item) * size, size) : [];
                for (var turn = 0; turn < steps; turn++)
                {
                    var time = back ? steps - 1 - turn : turn;
                    step(all.AsSpan((time * batch + item) * gates * size, gates * size), matrix, terms, own, memory);
                    own.CopyTo(y.AsSpan(((time * directions + direction) * batch + item) * size, size));
                }
            }
        }
        int[] last = [directions, batch, size];
        OnnxArray outputs = OnnxArray.Of([length, directions, batch, size], y), ended = OnnxArray.Of(last, hidden);
        OnnxArray? memories = gates == 4 ? OnnxArray.Of(last, cell) : null;
        return !batchFirst ? [outputs, ended, memories]
            : [ShapeOperators.Transpose(outputs, 2, 0, 1, 3), ShapeOperators.Transpose(ended, 1, 0, 2),
                memories is null ? null : ShapeOperators.Transpose(memories, 1, 0, 2)];
    }

    private static float[] State(OperatorCall call, int input, bool batchFirst, int count) =>
        count == 0 || call.Optional(input) is not { } state ? new float[count]
        : [.. (batchFirst ? ShapeOperators.Transpose(state, 1, 0, 2) : state).Floats()];

    /// <summary>Inputs of all steps times the input weights, biases added: one product for the whole sequence.</summary>
    private static float[] Projected(OperatorCall call, OnnxArray x, int direction, (int Rows, int Inputs, int Outputs) size,
        bool recurrentApart)
    {
        var bias = new float[size.Outputs];
        if (call.Optional(3) is { } given)
            for (var i = 0; i < bias.Length; i++)
                bias[i] = given.Floats()[direction * 2 * bias.Length + i]
                    + (recurrentApart ? 0 : given.Floats()[(direction * 2 + 1) * bias.Length + i]);
        var engine = call.Engine;
        engine.Begin();
        var weights = engine.In(call.Array(1)).Slice((long)direction * size.Outputs * size.Inputs, (long)size.Outputs * size.Inputs);
        var y = engine.Out(size.Rows * size.Outputs);
        engine.Kernels.Linear(size.Rows, size.Inputs, size.Outputs, engine.In(x), weights, engine.In(OnnxArray.Of([bias.Length], bias)),
            Activation.None, y.Storage, default);
        return engine.Read(y);
    }

    private static RecurrentTerms Terms(OperatorCall call, int direction, int gates, int size, string[] usual)
    {
        var names = call.Texts("activations") is { Length: > 0 } given ? given : [.. usual, .. usual];
        var (first, second) = (call.Floats("activation_alpha") ?? [], call.Floats("activation_beta") ?? []);
        var activations = Enumerable.Range(direction * usual.Length, usual.Length).Select(i =>
            RecurrentCells.Activation(names[i], i < first.Length ? first[i] : null, i < second.Length ? second[i] : null)
                ?? throw new RetortException($"ONNX node {call.Node.Title}", $"the activation '{names[i]}'.", "one that ONNX names.")).ToArray();
        var recurrentBias = new float[gates * size];
        call.Optional(3)?.Floats().AsSpan((direction * 2 + 1) * gates * size, gates * size).CopyTo(recurrentBias);
        var peepholes = new float[3 * size];
        if (gates == 4) call.Optional(7)?.Floats().AsSpan(direction * 3 * size, 3 * size).CopyTo(peepholes);
        var clip = call.Float("clip", 0);
        return new RecurrentTerms(activations, recurrentBias, peepholes, clip > 0 ? clip : float.PositiveInfinity,
            call.Int("linear_before_reset", 0) == 1, call.Int("input_forget", 0) == 1);
    }
}
