using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx;

/// <summary>A node ready to run: values are places in an array.</summary>
/// <param name="Node">As in the file.</param>
/// <param name="Opset">Version of its domain.</param>
/// <param name="Operator">What runs.</param>
/// <param name="Inputs">Places; −1 where left out.</param>
/// <param name="Outputs">Places; −1 where not wanted.</param>
/// <param name="Bodies">Graphs in its attributes.</param>
internal sealed record PreparedNode(OnnxNode Node, long Opset, OnnxOperator Operator, int[] Inputs, int[] Outputs,
    IReadOnlyDictionary<string, PreparedGraph> Bodies)
{
    /// <summary>Places that nobody reads after this node.</summary>
    public int[] Ended { get; set; } = [];
}

/// <summary>A graph ready to run: nodes in an order in which each finds its inputs, and constants in their places.</summary>
/// <param name="Title">How errors call it.</param>
/// <param name="Inputs">Places of the inputs, in order.</param>
/// <param name="Outputs">Places of the outputs and taps, in order.</param>
/// <param name="Captured">Values of the graph around it: place there, place here.</param>
/// <param name="Nodes">In running order.</param>
/// <param name="Values">Constants in their places, null elsewhere; copied for each run.</param>
internal sealed record PreparedGraph(string Title, int[] Inputs, int[] Outputs, IReadOnlyList<(int Outer, int Inner)> Captured,
    IReadOnlyList<PreparedNode> Nodes, OnnxValue?[] Values);
