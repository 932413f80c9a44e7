using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Steps of optimisers (domain ai.onnx.preview.training) on any number of arrays.</summary>
internal static class TrainingOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Adagrad"] = call => Stepped(call, 1, Adagrad),
        ["Adam"] = call => Stepped(call, 2, Adam),
        ["Momentum"] = call => Stepped(call, 1, Momentum),
    };

    /// <summary>The new weight; states are changed in place.</summary>
    /// <param name="call">Its constants.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="time">Steps before.</param>
    /// <param name="weight">Old value.</param>
    /// <param name="gradient">With the decay of weights already in it.</param>
    /// <param name="states">One number a state.</param>
    private delegate double Rule(OperatorCall call, double rate, long time, double weight, double gradient, Span<double> states);

    /// <summary>Inputs: rate, time, then all weights, all gradients, and all of each state.</summary>
    private static OnnxValue?[] Stepped(OperatorCall call, int stateCount, Rule rule)
    {
        var (rate, time) = (call.Array(0).Double(), call.Array(1).Long());
        var count = (call.Inputs.Length - 2) / (2 + stateCount);
        var decay = call.Float("norm_coefficient", 0);
        var outputs = new OnnxValue?[count * (1 + stateCount)];
        for (var item = 0; item < count; item++)
        {
            var x = call.Array(2 + item);
            var kinds = Enumerable.Range(0, 2 + stateCount);
            var columns = kinds.Select(kind => call.Array(2 + kind * count + item).Doubles().ToArray()).ToArray();
            var states = new double[stateCount];
            for (var i = 0; i < x.Count; i++)
            {
                for (var state = 0; state < stateCount; state++) states[state] = columns[2 + state][i];
                columns[0][i] = rule(call, rate, time, columns[0][i], decay * columns[0][i] + columns[1][i], states);
                for (var state = 0; state < stateCount; state++) columns[2 + state][i] = states[state];
            }
            for (var kind = 0; kind <= stateCount; kind++)
                outputs[kind * count + item] = CastOperators.Cast(
                    new OnnxArray<double>(OnnxType.Double, x.Shape, columns[kind == 0 ? 0 : kind + 1]), x.Type);
        }
        return outputs;
    }

    /// <summary>Duchi et al. 2011.</summary>
    private static double Adagrad(OperatorCall call, double rate, long time, double weight, double gradient, Span<double> states)
    {
        states[0] += gradient * gradient;
        var slower = rate / (1 + time * call.Float("decay_factor", 0));
        return weight - slower * gradient / (Math.Sqrt(states[0]) + call.Float("epsilon", 1e-6f));
    }

    /// <summary>Kingma and Ba 2014.</summary>
    private static double Adam(OperatorCall call, double rate, long time, double weight, double gradient, Span<double> states)
    {
        var (first, second) = (call.Float("alpha", 0.9f), call.Float("beta", 0.999f));
        states[0] = first * states[0] + (1 - first) * gradient;
        states[1] = second * states[1] + (1 - second) * gradient * gradient;
        if (time > 0) rate *= Math.Sqrt(1 - Math.Pow(second, time)) / (1 - Math.Pow(first, time));
        var moved = weight - rate * states[0] / (Math.Sqrt(states[1]) + call.Float("epsilon", 1e-6f));
        return (1 - call.Float("norm_coefficient_post", 0)) * moved;
    }

    /// <summary>Polyak's heavy ball, or Nesterov's look ahead.</summary>
    private static double Momentum(OperatorCall call, double rate, long time, double weight, double gradient, Span<double> states)
    {
        var keep = call.Float("alpha", 0);
        states[0] = keep * states[0] + (time > 0 ? call.Float("beta", 1) : 1) * gradient;
        return weight - rate * (call.Text("mode", "standard") == "nesterov" ? gradient + keep * states[0] : states[0]);
    }
}
