using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx;

/// <summary>Whether an output holds probabilities.</summary>
internal static class ProbabilityOutput
{
    private const double Tolerance = 1e-3;

    /// <summary>By the node that makes it: true, false, or null where the node does not tell.</summary>
    public static bool? Tells(OnnxModelGraph graph, string output)
    {
        for (var steps = 0; steps <= graph.Nodes.Count; steps++)
        {
            if (graph.Nodes.FirstOrDefault(node => node.Outputs.Contains(output)) is not { } maker) return null;
            switch (maker.Operator)
            {
                case "Softmax": return true;
                case "LogSoftmax": return false;
                case "Identity" or "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Cast" or "ZipMap" when maker.Inputs.Count > 0:
                    output = maker.Inputs[0];
                    break;
                default: return null;
            }
        }
        return null;
    }

    /// <summary>By the numbers: no row has a negative one, and all sum to 1.</summary>
    public static bool AreDistributions(ReadOnlySpan<float> rows, int classes)
    {
        for (var start = 0; start < rows.Length; start += classes)
        {
            var sum = 0.0;
            foreach (var value in rows.Slice(start, classes))
            {
                if (!(value >= 0)) return false;
                sum += value;
            }
            if (Math.Abs(sum - 1) > Tolerance) return false;
        }
        return true;
    }
}
