using Retort.Checkpoints;
using Retort.Data.Tables;
using Retort.Formats.Onnx;
using Retort.Nn;
using Retort.Nn.Layers;
using Retort.Nn.Models;
using Retort.Students.Onnx;
using Retort.Tensors;

namespace Retort.Export;

/// <summary>
/// A model as an ONNX graph: input [batch, …example] float32 → logits [batch, classes], or prediction [batch, 1] in the units of the column
/// that is predicted; opset 17, or that of the graph that it began as.
/// </summary>
public static class OnnxExport
{
    /// <summary>Bytes of one file, less what is no number: Protocol Buffers end at 2 GiB.</summary>
    private const long LargestFile = int.MaxValue - (1 << 20);

    /// <exception cref="RetortException">So many numbers do not fit one file. Nothing has been made then.</exception>
    internal static void CheckSize(long numbers)
    {
        if (numbers * sizeof(float) > LargestFile)
            throw new RetortException("export", $"as ONNX the model takes {numbers * sizeof(float)} bytes.",
                $"at most {LargestFile}: an ONNX file ends at 2 GiB.", "export it as gguf or hf, or train a smaller student.");
    }

    public static OnnxGraph GraphOf(Module module, ModelDescription description)
    {
        if (module is OnnxStudent own) return own.Written(description.ClassNames);
        var graph = new OnnxGraph("student")
            .Input("input", OnnxType.Float, [OnnxGraph.Batch, .. module.ExampleShape.ToArray()])
            .Metadata(description.Target is null ? "classes" : "target", string.Join(",", description.ClassNames));
        switch (module)
        {
            case Mlp mlp: Write(graph, mlp); break;
            case ConvNet net: Write(graph, net); break;
            default: throw new RetortException("export", $"{module.GetType().Name} has no ONNX form.", "an mlp or a conv-net.");
        }
        graph.Output(description.Target is { } target ? InUnits(graph, target) : "logits", OnnxType.Float, OnnxGraph.Batch, module.Classes);
        for (var i = 0; module is ConvNet net && i < net.Exits.Count; i++)
            graph.Output($"exits.{i}", OnnxType.Float, OnnxGraph.Batch, module.Classes);
        return graph;
    }

    /// <summary>From the standard units in which the model answers to those of the column.</summary>
    private static string InUnits(OnnxGraph graph, TargetColumn target)
    {
        graph.Node("Mul", ["logits", graph.Constant("target.deviation", (float)target.Deviation)], ["scaled"]);
        graph.Node("Add", ["scaled", graph.Constant("target.mean", (float)target.Mean)], ["prediction"]);
        return "prediction";
    }

    private static void Write(OnnxGraph graph, Mlp mlp)
    {
        var value = "input";
        if (mlp.ExampleShape.Rank > 1) graph.Node("Flatten", [value], [value = "flat"], OnnxAttribute.Int("axis", 1));
        for (var i = 0; i < mlp.Layers.Count; i++)
        {
            var last = i == mlp.Layers.Count - 1;
            value = Linear(graph, mlp.Layers[i], value, last ? "logits" : $"sum.{i}");
            if (!last) value = graph.Activated(mlp.Activation, value, $"hidden.{i}");
        }
    }

    private static void Write(OnnxGraph graph, ConvNet net)
    {
        var value = "input";
        for (var i = 0; i < net.Convolutions.Count; i++)
        {
            var convolution = net.Convolutions[i];
            if (convolution.Reduction is { } reduction)
                value = Convolve(graph, reduction, value, $"reduced.{i}", convolution.Padding);
            Convolve(graph, convolution.Weight, value, $"convolved.{i}", convolution.Reduction is null ? convolution.Padding : 0);
            var norm = net.Norms[i];
            graph.Node("BatchNormalization", [$"convolved.{i}", graph.Weight(norm.Weight), graph.Weight(norm.Bias),
                graph.Weight(norm.RunningMean), graph.Weight(norm.RunningVariance)],
                [$"normed.{i}"], OnnxAttribute.Float("epsilon", (float)BatchNorm2d.Epsilon));
            graph.Node("Relu", [$"normed.{i}"], [value = $"blocks.{i}"]);
            if (i < net.Convolutions.Count - 1)
                graph.Node("MaxPool", [value], [value = $"pooled.{i}"], OnnxAttribute.Ints("kernel_shape", 2, 2),
                    OnnxAttribute.Ints("strides", 2, 2));
            if (i < net.Exits.Count) Linear(graph, net.Exits[i], Averaged(graph, value, $"exits.{i}.features"), $"exits.{i}");
        }
        Linear(graph, net.Output, Averaged(graph, value, "features"), "logits");
    }

    private static string Convolve(OnnxGraph graph, Parameter weight, string input, string output, int padding)
    {
        graph.Node("Conv", [input, graph.Weight(weight)], [output],
            OnnxAttribute.Ints("kernel_shape", weight.Shape[2], weight.Shape[3]),
            OnnxAttribute.Ints("pads", padding, padding, padding, padding), OnnxAttribute.Ints("strides", 1, 1));
        return output;
    }

    private static string Averaged(OnnxGraph graph, string value, string output)
    {
        graph.Node("GlobalAveragePool", [value], [output + ".averaged"]);
        graph.Node("Flatten", [output + ".averaged"], [output], OnnxAttribute.Int("axis", 1));
        return output;
    }

    private static string Linear(OnnxGraph graph, Linear layer, string input, string output)
    {
        if (layer.Reduction is { } reduction)
        {
            graph.Node("Gemm", [input, graph.Weight(reduction)], [output + ".reduced"], OnnxAttribute.Int("transB", 1));
            input = output + ".reduced";
        }
        graph.Node("Gemm", [input, graph.Weight(layer.Weight), graph.Weight(layer.Bias)], [output], OnnxAttribute.Int("transB", 1));
        return output;
    }
}
