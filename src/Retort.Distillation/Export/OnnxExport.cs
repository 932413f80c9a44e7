using Retort.Checkpoints;
using Retort.Data.Tables;
using Retort.Formats.Onnx;
using Retort.Nn;
using Retort.Nn.Layers;
using Retort.Nn.Models;
using Retort.Students.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Export;

/// <summary>
/// A model as an ONNX graph: input [batch, …example] float32 → logits [batch, classes], or prediction [batch, 1] in the units of the column
/// that is predicted; opset 17, or that of the graph that it began as.
/// </summary>
public static class OnnxExport
{
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
        graph.Node("Mul", ["logits", Constant(graph, "target.deviation", (float)target.Deviation)], ["scaled"]);
        graph.Node("Add", ["scaled", Constant(graph, "target.mean", (float)target.Mean)], ["prediction"]);
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
            if (!last) value = Activate(graph, mlp.Activation, value, $"hidden.{i}");
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
            graph.Node("BatchNormalization", [$"convolved.{i}", Weight(graph, norm.Weight), Weight(graph, norm.Bias),
                Weight(graph, norm.RunningMean), Weight(graph, norm.RunningVariance)],
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
        graph.Node("Conv", [input, Weight(graph, weight)], [output],
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
            graph.Node("Gemm", [input, Weight(graph, reduction)], [output + ".reduced"], OnnxAttribute.Int("transB", 1));
            input = output + ".reduced";
        }
        graph.Node("Gemm", [input, Weight(graph, layer.Weight), Weight(graph, layer.Bias)], [output], OnnxAttribute.Int("transB", 1));
        return output;
    }

    private static string Activate(OnnxGraph graph, Activation activation, string input, string output)
    {
        switch (activation)
        {
            case Activation.Relu: graph.Node("Relu", [input], [output]); break;
            case Activation.Tanh: graph.Node("Tanh", [input], [output]); break;
            case Activation.Silu:
                graph.Node("Sigmoid", [input], [output + ".gate"]);
                graph.Node("Mul", [input, output + ".gate"], [output]);
                break;
            default: // gelu(x) = ½x(1 + erf(x/√2))
                string half = Constant(graph, output + ".half", 0.5f), one = Constant(graph, output + ".one", 1),
                    root = Constant(graph, output + ".root", MathF.Sqrt(2));
                graph.Node("Div", [input, root], [output + ".scaled"]);
                graph.Node("Erf", [output + ".scaled"], [output + ".erf"]);
                graph.Node("Add", [output + ".erf", one], [output + ".sum"]);
                graph.Node("Mul", [input, output + ".sum"], [output + ".product"]);
                graph.Node("Mul", [output + ".product", half], [output]);
                break;
        }
        return output;
    }

    private static string Constant(OnnxGraph graph, string name, float value)
    {
        graph.Initializer(name, [], [value]);
        return name;
    }

    private static string Weight(OnnxGraph graph, Parameter parameter)
    {
        graph.Initializer(parameter.Name, parameter.Shape.ToArray(), parameter.Value.Device.ToFloats(parameter.Value));
        return parameter.Name;
    }
}
