using Retort.Nn.Schedules;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = mean over examples of Σ_i |p_t,(i) − p_s,(i)|, the probabilities of each sorted from large to small and the shorter row filled
/// with 0: for a teacher with other classes (another vocabulary), where only the shape of the distribution can be compared (Boizard
/// et al. 2024, ULD). Teacher and student may have temperatures of their own. z [N, C], teacher [N, C′]. Of a teacher with another
/// tokenizer the rows are those where both stand at the same place of the text.
/// </summary>
public sealed class SortedProbabilities(Schedule temperature, Schedule teacherTemperature) : Objective
{
    public static ObjectiveEntry Entry { get; } =
        new("sorted-probabilities", "ULD: distance of sorted probabilities", "Boizard et al. 2024, arXiv 2402.12030",
        "Σ|sort(p_teacher^T) − sort(p_student^T)|", Needs.DenseLogits, given =>
            new SortedProbabilities(given.Temperature, given.Temperature)) { AcrossTokenizers = true };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        if (signals.Spans is { Spans.Count: 0 }) return step.Scale(step.MeanAll(signals.Logits), 0); // nowhere at the same place
        var met = signals.AtSpans(step);
        var student = Sorted(step, step.Exp(met.LogProbabilities(step, temperature.At(update))));
        var teacher = Sorted(step, step.Exp(met.TeacherLogProbabilities(step, teacherTemperature.At(update))));
        var width = Math.Max(student.Shape[1], teacher.Shape[1]);
        var difference = step.Apply(Unary.Absolute, step.Subtract(Filled(step, teacher, width), Filled(step, student, width)));
        return step.MeanAll(step.Sum(difference, -1));
    }

    /// <summary>Each row from large to small. The order is found on the host and is a constant; the values keep their gradients.</summary>
    internal static Tensor Sorted(Step step, Tensor rows)
    {
        var values = step.Device.ToFloats(rows);
        var width = (int)rows.Shape[1];
        var order = new int[values.Length];
        for (var first = 0; first < values.Length; first += width)
        {
            var keys = values.AsSpan(first, width);
            var places = order.AsSpan(first, width);
            for (var i = 0; i < width; i++) (keys[i], places[i]) = (-keys[i], i);
            keys.Sort(places);
        }
        return step.Gather(rows, step.Constant(rows.Shape, order));
    }

    private static Tensor Filled(Step step, Tensor x, long width) =>
        x.Shape[1] == width
            ? x
            : step.Concat(1, x, step.Constant(new Shape(x.Shape[0], width - x.Shape[1]), new double[x.Shape[0] * (width - x.Shape[1])]));
}
