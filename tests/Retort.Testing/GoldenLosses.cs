using System.Text.Json;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Testing;

/// <summary>How a loss file's definition is written as row losses; null where it is none. What a definition adds (the teacher's entropy, a sum for a mean) is added here.</summary>
public static class GoldenLosses
{
    public static Func<Step, Tensor, Dictionary<string, GoldenTensor>, Tensor>? Named(string name, JsonElement p)
    {
        double Real(string key, double otherwise = 1) => p.ValueKind == JsonValueKind.Object && p.TryGetProperty(key, out var value) ? value.GetDouble() : otherwise;
        var temperature = Real("temperature");
        return name switch
        {
            "kd_mix" => (s, z, g) => Dense(s, z, g, Soft(SoftLoss.ForwardKl, temperature) with { HardWeight = 1 - Real("alpha"), SoftWeight = Real("alpha") }),
            "kl_temperature" => (s, z, g) => Dense(s, z, g, Soft(SoftLoss.ForwardKl, temperature)),
            "logits_mse" => (s, z, g) => Dense(s, z, g, Soft(SoftLoss.LogitMeanSquaredError, 1)),
            "reverse_kl_masked" => (s, z, g) => Dense(s, z, g, Soft(SoftLoss.ReverseKl, 1)),
            "js_distance" => (s, z, g) => Dense(s, z, g, Soft(SoftLoss.JensenShannon, 1) with { TeacherWeight = 1 - Real("lam") }),
            "gkd_generalized_jsd" => (s, z, g) => GeneralisedJsd(s, z, g, Real("beta"), temperature, p.GetProperty("reduction").GetString()!),
            "topk_kl" => (s, z, g) => TopK(s, z, g, temperature, p.GetProperty("missing").GetString() == "ZERO" ? TailMode.Renormalise : TailMode.TailBucket),
            "topk_tail_kl" => (s, z, g) => TopK(s, z, g, 1, TailMode.TailBucket),
            "topk_renormalized_kl" => (s, z, g) => OverTheKept(s, z, g),
            _ => null,
        };
    }

    private static RowLossTerms Soft(SoftLoss soft, double temperature) => RowLossTerms.SoftOnly(soft, temperature);

    private static Tensor Dense(Step step, Tensor logits, Dictionary<string, GoldenTensor> given, RowLossTerms terms) => Run(step, logits, given, terms).Loss;

    private static RowLossResult Run(Step step, Tensor logits, Dictionary<string, GoldenTensor> given, RowLossTerms terms)
    {
        var rows = step.Reshape(logits, new Shape(logits.Shape.CountOf(0, logits.Shape.Rank - 1), logits.Shape[-1]));
        Tensor? labels = given.TryGetValue("labels", out var values) ? step.Constant(new Shape(rows.Shape[0]), values.Integers) : null;
        return step.RowLoss(rows, terms, labels, TeacherTarget.Logits(step.Constant(rows.Shape, given["teacher"].Values)));
    }

    /// <summary>The ends of β are the two divergences; no T²; the mean is over rows, over rows and classes, or it is no mean.</summary>
    private static Tensor GeneralisedJsd(Step step, Tensor logits, Dictionary<string, GoldenTensor> given, double weight, double temperature, string reduction)
    {
        var soft = weight == 0 ? SoftLoss.ForwardKl : weight == 1 ? SoftLoss.ReverseKl : SoftLoss.JensenShannon;
        var classes = logits.Shape[-1];
        var result = Run(step, logits, given, Soft(soft, temperature) with { TeacherWeight = weight });
        var factor = reduction switch { "sum" => result.Counted, "mean" => 1.0 / classes, _ => 1 };
        return step.Scale(result.Loss, factor / (temperature * temperature));
    }

    private static Tensor TopK(Step step, Tensor logits, Dictionary<string, GoldenTensor> given, double temperature, TailMode mode)
    {
        var (ids, logarithms) = Kept(given);
        var rows = step.Reshape(logits, new Shape(ids.Length, logits.Shape[-1]));
        var shape = new Shape(ids.Length, ids[0].Length);
        Tensor? labels = given.TryGetValue("mask", out var mask) ? step.Constant(new Shape(ids.Length), [.. mask.Integers.Select(counts => counts == 0 ? -100 : 0)]) : null;
        var target = TeacherTarget.TopK(
            step.Constant(shape, [.. ids.SelectMany(row => row)]),
            step.Constant(shape, [.. logarithms.SelectMany(row => row)]),
            step.Constant(new Shape(ids.Length), [.. logarithms.Select(row => 1 - row.Sum(Math.Exp))]));
        return step.RowLoss(rows, Soft(SoftLoss.ForwardKl, temperature) with { Form = TeacherForm.TopK, Tail = mode }, labels, target).Loss;
    }

    /// <summary>Student and teacher both over the kept classes alone: forward KL of the chosen logits.</summary>
    private static Tensor OverTheKept(Step step, Tensor logits, Dictionary<string, GoldenTensor> given)
    {
        var (ids, logarithms) = Kept(given);
        var shape = new Shape(ids.Length, ids[0].Length);
        var chosen = step.Gather(step.Reshape(logits, new Shape(ids.Length, logits.Shape[-1])), step.Constant(shape, [.. ids.SelectMany(row => row)]));
        return step.RowLoss(chosen, Soft(SoftLoss.ForwardKl, 1), null, TeacherTarget.Logits(step.Constant(shape, [.. logarithms.SelectMany(row => row)]))).Loss;
    }

    /// <summary>Rows of kept classes, in ascending order as row losses want them.</summary>
    private static (int[][] Ids, double[][] Logarithms) Kept(Dictionary<string, GoldenTensor> given)
    {
        var kept = (int)given["teacher_ids"].Shape[-1];
        var pairs = given["teacher_ids"].Integers.Zip(given["teacher_logprobs"].Values).Chunk(kept).Select(row => row.OrderBy(pair => pair.First).ToArray()).ToArray();
        return ([.. pairs.Select(row => row.Select(pair => pair.First).ToArray())], [.. pairs.Select(row => row.Select(pair => pair.Second).ToArray())]);
    }
}
