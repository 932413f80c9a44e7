using System.Text.Json;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Testing;

/// <summary>How an operation of ops.json is written with ours; null where we have none yet.</summary>
public static class GoldenOperations
{
    private const double LeakySlope = 0.1, ClampMinimum = -0.5, ClampMaximum = 0.8;

    public static Func<Step, Dictionary<string, Tensor>, Tensor>? Named(string name, JsonElement parameters) => name switch
    {
        "matmul" or "batched_matmul_broadcast" => (s, t) => s.MatMul(t["x"], t["y"]),
        "add_broadcast" => (s, t) => s.Add(t["x"], t["y"]),
        "mul_broadcast" => (s, t) => s.Multiply(t["x"], t["y"]),
        "div" => (s, t) => s.Divide(t["x"], t["y"]),
        "relu" => Of(Unary.Relu),
        "gelu_erf" => Of(Unary.Gelu),
        "gelu_tanh" => Of(Unary.GeluTanh),
        "silu" => Of(Unary.Silu),
        "tanh" => Of(Unary.Tanh),
        "sigmoid" => Of(Unary.Sigmoid),
        "softplus" => Of(Unary.Softplus),
        "leaky_relu_01" => Of(Unary.LeakyRelu, LeakySlope),
        "elu" => Of(Unary.Elu),
        "exp" => Of(Unary.Exp),
        "hardswish" => Of(Unary.HardSwish),
        "mish" => Of(Unary.Mish),
        "clamp" => Of(Unary.Clamp, ClampMinimum, ClampMaximum),
        "softmax_last" => (s, t) => s.Softmax(t["x"]),
        "softmax_dim1" => (s, t) => s.Softmax(t["x"], 1),
        "log_softmax" => (s, t) => s.LogSoftmax(t["x"]),
        "logsumexp" => Along(Reduction.LogSumExp),
        "max_dim" => Along(Reduction.Maximum),
        "var_unbiased" => Along(Reduction.Variance),
        "norm_l2" => Along(Reduction.L2Norm),
        "normalize" => (s, t) => s.Divide(t["x"], s.Reduce(Reduction.L2Norm, t["x"], -1, keep: true)),
        "mean_dims" => (s, t) => s.Mean(s.Mean(t["x"], 2), 0),
        "embedding" => (s, t) => s.Embedding(t["w"], t["ids"]),
        "index_select_repeat" => (s, t) => s.Embedding(t["x"], t["i"]),
        "gather" => (s, t) => s.Gather(t["x"], t["i"]),
        "transpose_reshape" =>
            (s, t) => s.Reshape(s.Permute(t["x"], 2, 0, 1), new Shape(t["x"].Shape[2], t["x"].Shape[0] * t["x"].Shape[1])),
        "concat" => (s, t) => s.Concat(1, t["x"], t["y"]),
        "attention_causal" or "attention_gqa" => (s, t) => HeadsFirst(s, t, new AttentionOptions(Causal: true)),
        "attention_key_mask" =>
            (s, t) => HeadsFirst(s, t, new AttentionOptions(KeyMask: s.Reshape(t["mask"], new Shape(t["k"].Shape[0], t["k"].Shape[2])))),
        "slice_step" => (s, t) => s.Slice(t["x"], 1, 1, 3, 2),
        _ => Parametrised(name, parameters),
    };

    private static Func<Step, Dictionary<string, Tensor>, Tensor>? Parametrised(string name, JsonElement p)
    {
        int Whole(string key, int otherwise) => p.TryGetProperty(key, out var value) ? value.GetInt32() : otherwise;
        double Real(string key, double otherwise) => p.TryGetProperty(key, out var value) ? value.GetDouble() : otherwise;
        return name switch
        {
            "layer_norm" => (s, t) => s.LayerNorm(t["x"], t["w"], t["bi"], Real("eps", 1e-5)),
            "rms_norm" => (s, t) => s.RmsNorm(t["x"], t["w"], Real("eps", 1e-6)),
            "batch_norm_train" =>
                (s, t) => s.BatchNorm2d(t["x"], t["w"], t["bi"], Filled(s, t["w"].Shape, 0), Filled(s, t["w"].Shape, 1), Real("eps", 1e-5)),
            "batch_norm_eval" => (s, t) => s.BatchNorm2d(t["x"], t["w"], t["bi"], t["mean"], t["var"], Real("eps", 1e-5), frozen: true),
            "conv2d" => (s, t) => s.Conv2d(t["x"], t["w"], t["bi"], Whole("stride", 1), Whole("padding", 0), Whole("dilation", 1),
                Whole("groups", 1)),
            "max_pool2d" or "max_pool2d_pad" => (s, t) => s.MaxPool2d(t["x"], Whole("kernel", 2), Whole("stride", 2), Whole("padding", 0)),
            "avg_pool2d" => (s, t) => s.AveragePool2d(t["x"], Whole("kernel", 2), Whole("stride", 2), Whole("padding", 0),
                p.GetProperty("count_include_pad").GetBoolean()),
            "adaptive_avg_pool2d" =>
                (s, t) => s.AdaptiveAveragePool2d(t["x"], p.GetProperty("output")[0].GetInt32(), p.GetProperty("output")[1].GetInt32()),
            "cross_entropy" or "cross_entropy_ignore" or "cross_entropy_smoothing" =>
                (s, t) => s.RowLoss(t["x"],
                    RowLossTerms.HardOnly(Real("label_smoothing", 0)) with { IgnoreLabel = Whole("ignore_index", -100) }, t["y"]).Loss,
            _ => null,
        };
    }

    private static Func<Step, Dictionary<string, Tensor>, Tensor> Of(Unary function, double first = 0, double second = 0) =>
        (s, t) => s.Apply(function, t["x"], first, second);
    private static Func<Step, Dictionary<string, Tensor>, Tensor> Along(Reduction reduction) => (s, t) => s.Reduce(reduction, t["x"], -1);
    /// <summary>Their heads come before their tokens.</summary>
    private static Tensor HeadsFirst(Step step, Dictionary<string, Tensor> given, AttentionOptions options) =>
        step.Transpose(step.Attention(step.Transpose(given["q"], 1, 2), step.Transpose(given["k"], 1, 2), step.Transpose(given["v"], 1, 2),
            options), 1, 2);

    private static Tensor Filled(Step step, Shape shape, double value) =>
        step.Constant(shape, [.. Enumerable.Repeat(value, (int)shape.Count)]);
}
