using Retort.Objectives.Sequence;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives;

/// <summary>A student by its last hidden states and its head.</summary>
/// <param name="Step">The running step.</param>
/// <param name="Hidden">[N, width]</param>
/// <param name="Weight">[C, width]</param>
public readonly record struct StudentHead(Step Step, Tensor Hidden, Tensor Weight);

/// <summary>What student, teacher and data say about the examples of one step.</summary>
/// <param name="logits">[N, C] of the student.</param>
/// <param name="classes">
/// [N] true classes, <see cref="Ignored"/> where a row does not count, <see cref="Unlabelled"/> where only the teacher's answer does; empty
/// when there are none.
/// </param>
/// <param name="teacher">The teacher's answers; null when there are none.</param>
public sealed class Signals(Tensor logits, ReadOnlyMemory<int> classes, TeacherTarget? teacher)
{
    public const int Ignored = -100, Unlabelled = -1;
    private static readonly IReadOnlyDictionary<string, Tensor> None = new Dictionary<string, Tensor>();
    private Tensor? _classIds, _countedIds, _logits;
    private TeacherTarget? _teacher;

    /// <summary>Of a student whose logits are not made yet: made when they are first asked for.</summary>
    public Tensor Logits => Head is not { } head ? logits : _logits ??= head.Step.Linear(head.Hidden, head.Weight);
    public ReadOnlyMemory<int> Classes => classes;

    /// <summary>Of a teacher whose logits are not made yet: made when they are first asked for.</summary>
    public TeacherTarget? Teacher => TeacherHead is not { } head ? teacher : _teacher ??= LogitsOf(head);

    /// <summary>
    /// The student by its last hidden states and its head, where a row loss makes the logits chunk by chunk; null = they are there.
    /// </summary>
    public StudentHead? Head { get; init; }

    /// <summary>The teacher likewise; beside <see cref="Head"/> only.</summary>
    public TeacherHead? TeacherHead { get; init; }

    /// <summary>Teachers that answer in this step; empty when the labels are stored and no objective looks inside a teacher.</summary>
    public IReadOnlyList<TeacherSignals> Teachers { get; init; } = [];

    /// <summary>Hidden values of the student, by path.</summary>
    public IReadOnlyDictionary<string, Tensor> Taps { get; init; } = None;

    /// <summary>[N] rows of the data set, for objectives that remember.</summary>
    public ReadOnlyMemory<int> Rows { get; init; }

    /// <summary>[N] true numbers in standard units; empty where classes are predicted.</summary>
    public ReadOnlyMemory<float> Numbers { get; init; }

    /// <summary>[B, length] 0 where a place of a sequence is padding; empty = every place counts.</summary>
    public ReadOnlyMemory<int> Mask { get; init; }

    /// <summary>What stands in texts, beside classes that a student's own words are not; null where no text is learnt.</summary>
    public SaidTokens? Said { get; init; }

    /// <summary>What a teacher of another tokenizer says of them; null where there is none.</summary>
    public TeacherSpans? Spans { get; init; }

    /// <summary>Some rows have no class, and count for the teacher's answer alone.</summary>
    public bool PartlyLabelled => classes.Span.Contains(Unlabelled);

    /// <summary>[N] int32 on the device, for a loss that reads the class; null when there are none.</summary>
    public Tensor? ClassIds(Step step) => classes.IsEmpty ? null : _classIds ??= Ids(step, Ignored);

    /// <summary>The same for a loss that asks only which rows count.</summary>
    public Tensor? CountedIds(Step step) => PartlyLabelled ? _countedIds ??= Ids(step, 0) : ClassIds(step);

    /// <summary>Of the classes that the student has.</summary>
    private TeacherTarget LogitsOf(TeacherHead teacher)
    {
        var (step, classes) = (Head!.Value.Step, Head.Value.Weight.Shape[0]);
        var weight = teacher.Weight.Part(0, new Shape(classes, teacher.Weight.Shape[1]));
        var bias = teacher.Bias?.Part(0, new Shape(classes));
        return TeacherTarget.Logits(step.Frozen(() => step.Linear(teacher.Hidden, weight, bias)));
    }

    private Tensor Ids(Step step, int unlabelled) => step.Constant(new Shape(classes.Length),
        PartlyLabelled ? [.. classes.ToArray().Select(id => id == Unlabelled ? unlabelled : id)] : classes.Span);

    /// <summary>[B, …] of the student at a path.</summary>
    public Tensor StudentAt(string path) => Taps[path];

    /// <summary>[B, …] of a teacher at a path.</summary>
    public Tensor TeacherAt(string path, int teacherNumber = 0) => Teachers[teacherNumber].Taps[path];

    /// <summary>[N, C] log-probabilities of the student at a temperature.</summary>
    public Tensor LogProbabilities(Step step, double temperature = 1) => step.LogSoftmax(step.Scale(Logits, 1 / temperature));

    /// <summary>[N, C] log-probabilities of the teacher at a temperature, which acts on its true probabilities.</summary>
    public Tensor TeacherLogProbabilities(Step step, double temperature = 1) =>
        step.LogSoftmax(step.Scale(TeacherLogits(step), 1 / temperature));

    /// <summary>[N, C] logits of the teacher, or other numbers with the same softmax.</summary>
    /// <exception cref="RetortException">No teacher answered, or not about every class.</exception>
    public Tensor TeacherLogits(Step step) => Teacher switch
    {
        null => throw new RetortException("objective", "needs a teacher's answer, and none answered.", "labels of kind soft, or live."),
        { Form: TeacherForm.TopK } => throw new RetortException("objective",
            "needs every class of the teacher's answer, and the labels are truncated.", "labels of kind soft, or live."),
        { Form: TeacherForm.Probabilities } given => step.Log(given.Values),
        { } given => given.Values,
    };

    /// <summary>The same around other logits of the student, for a step of their own.</summary>
    public Signals With(Tensor other) =>
        new(other, classes, Teacher) { Teachers = Teachers, Taps = Taps, Rows = Rows, Numbers = Numbers, Mask = Mask, Said = Said };

    /// <summary>
    /// These signals at the rows where both models stand at the same place of a text, [spans, C] and [spans, C′], where the teacher has
    /// another tokenizer; else as they are.
    /// </summary>
    public Signals AtSpans(Step step)
    {
        if (Spans is not { Spans.Count: > 0 } spans) return this;
        var (rows, head) = (new Shape(spans.Spans.Count), spans.Head);
        var taught = step.Frozen(() => step.Linear(
            step.Embedding(head.Hidden, step.Constant(rows, [.. spans.Spans.Select(span => span.TeacherStart)])), head.Weight, head.Bias));
        var own = step.Constant(rows, [.. spans.Spans.Select(span => span.StudentStart)]);
        return new Signals(Head is { } student
            ? step.Linear(step.Embedding(student.Hidden, own), student.Weight)
            : step.Embedding(Logits, own), default, TeacherTarget.Logits(taught));
    }

    /// <summary>These signals without the rows that do not count.</summary>
    public Signals Counted(Step step)
    {
        if (!classes.Span.Contains(Ignored)) return this;
        int[] kept = [.. Enumerable.Range(0, classes.Length).Where(row => classes.Span[row] != Ignored)];
        var rows = step.Constant(new Shape(kept.Length), kept);
        TeacherTarget? target = Teacher is { } given
            ? given with { Values = step.Embedding(given.Values, rows), Ids = TopKRows(given.Ids), TailMass = TopKRows(given.TailMass) }
            : null;
        return new Signals(step.Embedding(Logits, rows), kept.Select(row => classes.Span[row]).ToArray(), target)
        {
            Teachers = [.. Teachers.Select(one => one with { Logits = step.Embedding(one.Logits, rows) })],
            Taps = Taps,
            Rows = Rows.IsEmpty ? Rows : kept.Select(row => Rows.Span[row]).ToArray(),
            Numbers = Numbers.IsEmpty ? Numbers : kept.Select(row => Numbers.Span[row]).ToArray(),
            Mask = Mask,
        };

        Tensor TopKRows(Tensor of) => Teacher!.Value.Form != TeacherForm.TopK
            ? of
            : of.DataType == DataType.Int32
            ? IntegerRows(step, of, kept)
            : step.Embedding(of, rows);
    }

    private static Tensor IntegerRows(Step step, Tensor of, int[] kept)
    {
        var all = new int[of.Shape.Count];
        step.Device.Read(of, all.AsSpan());
        var width = (int)of.Shape[1];
        return step.Constant(new Shape(kept.Length, width), [.. kept.SelectMany(row => all.Skip(row * width).Take(width))]);
    }
}
