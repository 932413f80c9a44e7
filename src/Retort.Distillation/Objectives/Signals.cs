using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives;

/// <summary>What student, teacher and data say about the examples of one step.</summary>
/// <param name="logits">[N, C] of the student.</param>
/// <param name="classes">[N] true classes, <see cref="Ignored"/> where a row does not count; empty when there are none.</param>
/// <param name="teacher">The teacher's answers; null when there are none.</param>
public sealed class Signals(Tensor logits, ReadOnlyMemory<int> classes, TeacherTarget? teacher)
{
    public const int Ignored = -100;
    private Tensor? _classIds;

    public Tensor Logits => logits;
    public ReadOnlyMemory<int> Classes => classes;
    public TeacherTarget? Teacher => teacher;

    /// <summary>[N] int32 on the device; null when there are none.</summary>
    public Tensor? ClassIds(Step step) => classes.IsEmpty ? null : _classIds ??= step.Constant(new Shape(classes.Length), classes.Span);

    /// <summary>[N, C] log-probabilities of the student at a temperature.</summary>
    public Tensor LogProbabilities(Step step, double temperature = 1) => step.LogSoftmax(step.Scale(logits, 1 / temperature));

    /// <summary>[N, C] log-probabilities of the teacher at a temperature, which acts on its true probabilities.</summary>
    public Tensor TeacherLogProbabilities(Step step, double temperature = 1)
    {
        var values = TeacherValues("every class's probability");
        if (teacher!.Value.Form == TeacherForm.Probabilities) values = step.Log(values);
        return step.LogSoftmax(step.Scale(values, 1 / temperature));
    }

    /// <summary>[N, C] logits of the teacher, or any numbers with the same softmax.</summary>
    public Tensor TeacherLogits(Step step) => teacher is { Form: TeacherForm.Probabilities } ? step.Log(teacher.Value.Values) : TeacherValues("every class's logit");

    /// <summary>These signals without the rows that do not count.</summary>
    public Signals Counted(Step step)
    {
        if (!classes.Span.Contains(Ignored)) return this;
        int[] kept = [.. Enumerable.Range(0, classes.Length).Where(row => classes.Span[row] != Ignored)];
        var rows = step.Constant(new Shape(kept.Length), kept);
        TeacherTarget? target = teacher is { } given
            ? given with { Values = step.Embedding(given.Values, rows), Ids = Rows(given.Ids), TailMass = Rows(given.TailMass) }
            : null;
        return new Signals(step.Embedding(logits, rows), kept.Select(row => classes.Span[row]).ToArray(), target);

        Tensor Rows(Tensor of) => teacher.Value.Form != TeacherForm.TopK ? of : of.DataType == DataType.Int32 ? IntegerRows(step, of, kept) : step.Embedding(of, rows);
    }

    private static Tensor IntegerRows(Step step, Tensor of, int[] kept)
    {
        var all = new int[of.Shape.Count];
        step.Device.Read(of, all.AsSpan());
        var width = (int)of.Shape[1];
        return step.Constant(new Shape(kept.Length, width), [.. kept.SelectMany(row => all.Skip(row * width).Take(width))]);
    }

    private Tensor TeacherValues(string needed) => teacher switch
    {
        null => throw new RetortException("objective", $"needs {needed} of a teacher, and none answered.", "labels of kind soft, or live."),
        { Form: TeacherForm.TopK } => throw new RetortException("objective", $"needs {needed}, and the labels are truncated.", "labels of kind soft, or live."),
        { } given => given.Values,
    };
}
