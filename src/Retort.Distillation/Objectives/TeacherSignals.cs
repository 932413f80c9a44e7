using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives;

/// <summary>What one live teacher says in a step: constants.</summary>
/// <param name="Logits">[N, C]</param>
/// <param name="Weight">Its share among the teachers; they sum to 1.</param>
/// <param name="Taps">Hidden values by path.</param>
public sealed record TeacherSignals(Tensor Logits, double Weight, IReadOnlyDictionary<string, Tensor> Taps)
{
    /// <summary>What its last layer is given, and that layer; null when nobody asked.</summary>
    public LastLayer? Last { get; init; }
}

/// <summary>The last layer of a teacher, and the values that it is given.</summary>
/// <param name="Values">[N, features], or [N, channels, height, width] where the layer is given their mean over space.</param>
/// <param name="Classifier">From [N, features or channels] to logits; its weights do not learn.</param>
public sealed record LastLayer(Tensor Values, Linear Classifier);

/// <summary>Several teachers as one.</summary>
public static class TeacherSignalsMixture
{
    /// <summary>ln Σ_k w_k softmax(z_k/T), [N, C].</summary>
    public static Tensor LogMixture(this IReadOnlyList<TeacherSignals> teachers, Step step, double temperature = 1)
    {
        if (teachers.Count == 1) return step.LogSoftmax(step.Scale(teachers[0].Logits, 1 / temperature));
        var one = new Shape([1, .. teachers[0].Logits.Shape.ToArray()]);
        var parts = teachers.Select(teacher =>
            step.Reshape(step.Plus(step.LogSoftmax(step.Scale(teacher.Logits, 1 / temperature)), Math.Log(teacher.Weight)), one));
        return step.Reduce(Reduction.LogSumExp, step.Concat(0, [.. parts]), 0);
    }

    /// <summary>Σ_k w_k z_k/T, [N, C].</summary>
    public static Tensor MeanLogits(this IReadOnlyList<TeacherSignals> teachers, Step step, double temperature = 1)
    {
        var mean = step.Scale(teachers[0].Logits, teachers[0].Weight / temperature);
        for (var k = 1; k < teachers.Count; k++) mean = step.Add(mean, step.Scale(teachers[k].Logits, teachers[k].Weight / temperature));
        return mean;
    }

    /// <summary>
    /// T² · mean_n Σ_k w_k,n KL(p_k^T ‖ p_s^T), w = (1 − softmax_k(doubt_k,n))/(K − 1): the weights of an example sum to 1.
    /// </summary>
    /// <param name="teachers">Two or more.</param>
    /// <param name="step">The running step.</param>
    /// <param name="signals">The student's logits.</param>
    /// <param name="temperature">T</param>
    /// <param name="doubt">[N, 1] of a teacher; a constant.</param>
    public static Tensor Weighted(this IReadOnlyList<TeacherSignals> teachers, Step step, Signals signals, double temperature,
        Func<TeacherSignals, Tensor> doubt)
    {
        var student = signals.LogProbabilities(step, temperature);
        var column = new Shape(student.Shape[0], 1);
        var distances = teachers.Select(teacher =>
            step.Reshape(step.KullbackLeibler(step.LogSoftmax(step.Scale(teacher.Logits, 1 / temperature)), student), column));
        return step.Scale(Weighted(step, [.. teachers.Select(doubt)], [.. distances]), temperature * temperature);
    }

    /// <summary>mean_n Σ_k w_k,n d_k,n, w = (1 − softmax_k(doubt_k,n))/(K − 1): the weights of an example sum to 1.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="doubts">[N, 1] of each of two or more teachers.</param>
    /// <param name="distances">[N, 1] of each.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Weighted(Step step, IReadOnlyList<Tensor> doubts, IReadOnlyList<Tensor> distances)
    {
        var weights = step.Scale(step.Minus(1, step.Softmax(step.Concat(1, [.. doubts]))), 1.0 / (doubts.Count - 1));
        return step.MeanAll(step.Sum(step.Multiply(step.Concat(1, [.. distances]), weights), -1));
    }
}
