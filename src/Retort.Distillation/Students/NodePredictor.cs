using Retort.Data;
using Retort.Nn.Graphs;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Students;

/// <summary>A graph model's answers, in evaluation mode: about a data set in one pass over the graph, or about a few nodes.</summary>
public static class NodePredictor
{
    /// <summary>
    /// The nodes of the data set have the features that the data set gives them; their neighbours that are not in it keep the graph's.
    /// </summary>
    /// <returns>[N, classes]</returns>
    public static float[] Logits(GraphModel model, Dataset data, Device device)
    {
        var view = ViewOf(data);
        var features = (float[])view.Graph.Features.Clone();
        for (var row = 0; row < data.Count; row++) data.Example(row).CopyTo(features.AsSpan(view.Nodes[row] * data.ExampleSize));
        model.Attach(view.Graph);
        using var step = new Step(device, "nodes");
        step.Begin(training: false);
        var all = device.ToFloats(model.Forward(step, step.Constant(model.BatchShape(view.Graph.Nodes), features)));
        var logits = new float[data.Count * model.Classes];
        for (var row = 0; row < data.Count; row++)
            all.AsSpan(view.Nodes[row] * model.Classes, model.Classes).CopyTo(logits.AsSpan(row * model.Classes));
        return logits;
    }

    /// <summary>As one asks in use: the neighbourhood is collected first, and nothing else of the graph is computed.</summary>
    /// <param name="model">Who answers.</param>
    /// <param name="data">Its first rows are asked about.</param>
    /// <param name="count">How many.</param>
    /// <param name="step">Begun here.</param>
    /// <param name="logits">[count, classes]</param>
    public static void Answer(GraphModel model, Dataset data, int count, Step step, Span<float> logits)
    {
        var (view, width) = (ViewOf(data), data.ExampleSize);
        var around = model.Around(view.Graph, [.. view.Nodes.Take(count)]);
        var features = new float[around.Nodes.Count * width];
        for (var i = 0; i < around.Nodes.Count; i++)
            view.Graph.Features.AsSpan(around.Nodes[i] * width, width).CopyTo(features.AsSpan(i * width));
        model.Attach(around.Matrix);
        step.Begin(training: false);
        var all = model.Forward(step, step.Constant(model.BatchShape(around.Nodes.Count), features));
        step.Device.Read(all.Part(0, new Shape(count, model.Classes)), logits);
    }

    private static GraphView ViewOf(Dataset data) => data.View
        ?? throw new RetortException("graph model", "was asked about examples that are no nodes.", "a data set of source graph.");
}
