using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Sequence;

/// <summary>
/// Forward KL from a teacher of another tokenizer. Where both have the same token, L = KL(p_t ‖ p_s) over the tokens that both know, the
/// likeliest of the teacher's, and one outcome for the rest. Where several tokens stand for the same text, L = KL of two outcomes, this
/// text and any other: P = Π p_t, Q = Π p_s of the span's tokens by the chain rule, ∂L/∂(−ln p_s) = (P − Q)/(1 − Q) for each of them.
/// Alignment by text as in GOLD (Hugging Face 2025). Mean over the student's tokens; a token in no span adds 0.
/// </summary>
/// <param name="keep">Most tokens of a place that are compared one by one.</param>
public sealed class SpanKl(int keep = 64) : WeighedObjective
{
    private const long ChunkElements = 1 << 22;

    public static ObjectiveEntry Entry { get; } = new("span-kl", "Alignment by text: KL of the spans that two tokenizers share",
        "Hugging Face 2025 (GOLD), Unlocking On-Policy Distillation for Any Model Family",
        "Σ_spans KL(P_teacher(span) ‖ P_student(span))", Needs.Spans, given => new SpanKl((int)given.Number("keepTokens")))
    {
        AcrossTokenizers = true,
        Keys = [ObjectiveKey.Number("keepTokens", 64, new NumberRange(1, 4096), "the rest is one outcome, as in truncated labels")],
    };

    public override string Name => Entry.Name;

    public override RowLossTerms Terms => RowLossTerms.SoftOnly(SoftLoss.ForwardKl, 1) with { HardWeight = 1 };

    protected override WeighedRows? Rows(Step step, Signals signals)
    {
        if (signals is not { Spans: { Spans.Count: > 0 } spans, Said: { } said }) return null;
        var tokens = said.Tokens.ToArray();
        var ids = step.Constant(new Shape(tokens.Length), tokens);
        var own = OfStudent(step, signals, ids);
        var their = step.Frozen(() => Logarithms(step, spans.Head, step.Constant(new Shape(spans.Tokens.Length), spans.Tokens)));
        var (hard, soft, value) = (new double[tokens.Length], new double[tokens.Length], 0.0);
        var alike = new List<AlignedSpan>();
        var kept = new KeptTokens[tokens.Length];
        foreach (var span in spans.Spans)
        {
            var (student, teacher) = (own[span.StudentStart..span.StudentEnd].Sum(), their[span.TeacherStart..span.TeacherEnd].Sum());
            if (span.StudentEnd - span.StudentStart > 1)
            {
                Array.Fill(hard, Pull(teacher, student), span.StudentStart, span.StudentEnd - span.StudentStart);
                value += OfTwo(teacher, student);
                continue;
            }
            soft[span.StudentStart] = 1;
            if (span.TeacherEnd - span.TeacherStart == 1
                && spans.TeacherOf[tokens[span.StudentStart]] == spans.Tokens[span.TeacherStart]) alike.Add(span);
            else kept[span.StudentStart] = new KeptTokens([tokens[span.StudentStart]], [teacher]);
        }
        foreach (var (span, likeliest) in Likeliest(step, spans, alike)) kept[span.StudentStart] = likeliest;
        var shape = new Shape(tokens.Length);
        return new WeighedRows(ids, new RowWeights(step.Constant(shape, hard.AsSpan()), step.Constant(shape, soft.AsSpan())),
            Target(step, kept), value / tokens.Length);
    }

    /// <summary>(P − Q)/(1 − Q), which is 1 where Q is 0.</summary>
    private static double Pull(double teacher, double student) =>
        (Math.Exp(teacher) - Math.Exp(student)) / Math.Max(-double.ExpM1(student), 1e-9);

    /// <summary>P ln(P/Q) + (1 − P) ln((1 − P)/(1 − Q)).</summary>
    private static double OfTwo(double teacher, double student)
    {
        var (other, rest) = (-double.ExpM1(teacher), Math.Max(-double.ExpM1(student), 1e-12));
        return Math.Exp(teacher) * (teacher - student) + (other > 0 ? other * Math.Log(other / rest) : 0);
    }

    /// <summary>The teacher's answers where both stand before the same token, a few rows at a time.</summary>
    private IEnumerable<(AlignedSpan Span, KeptTokens Kept)> Likeliest(Step step, TeacherSpans spans, List<AlignedSpan> alike)
    {
        var head = spans.Head;
        foreach (var chunk in alike.Chunk((int)Math.Max(1, ChunkElements / head.Weight.Shape[0])))
        {
            var logits = step.Frozen(() => step.Device.ToFloats(step.Linear(step.Embedding(head.Hidden,
                step.Constant(new Shape(chunk.Length), [.. chunk.Select(span => span.TeacherStart)])), head.Weight, head.Bias)));
            var width = logits.Length / chunk.Length;
            for (var row = 0; row < chunk.Length; row++)
                yield return (chunk[row], Of(logits.AsSpan(row * width, width), spans.TeacherOf));
        }
    }

    private KeptTokens Of(ReadOnlySpan<float> logits, int[] teacherOf)
    {
        var likeliest = new PriorityQueue<int, float>();
        var largest = double.NegativeInfinity;
        foreach (var logit in logits) largest = Math.Max(largest, logit);
        var sum = 0.0;
        foreach (var logit in logits) sum += Math.Exp(logit - largest);
        for (var id = 0; id < teacherOf.Length; id++)
        {
            if (teacherOf[id] < 0) continue;
            if (likeliest.Count < keep) likeliest.Enqueue(id, logits[teacherOf[id]]);
            else likeliest.EnqueueDequeue(id, logits[teacherOf[id]]);
        }
        int[] ids = [.. likeliest.UnorderedItems.Select(item => item.Element).Order()];
        var logarithms = new double[ids.Length];
        for (var i = 0; i < ids.Length; i++) logarithms[i] = logits[teacherOf[ids[i]]] - largest - Math.Log(sum);
        return new KeptTokens(ids, logarithms);
    }

    private static TeacherTarget Target(Step step, KeptTokens[] kept)
    {
        var width = Math.Max(1, kept.Max(row => row.Ids?.Length ?? 0));
        var (ids, logarithms, tails) = (new int[kept.Length * width], new double[kept.Length * width], new double[kept.Length]);
        Array.Fill(ids, -1);
        for (var row = 0; row < kept.Length; row++)
        {
            kept[row].Ids?.CopyTo(ids, row * width);
            kept[row].Logarithms?.CopyTo(logarithms, row * width);
            tails[row] = Math.Max(0, 1 - (kept[row].Logarithms?.Sum(Math.Exp) ?? 0));
        }
        var shape = new Shape(kept.Length, width);
        return TeacherTarget.TopK(step.Constant(shape, ids), step.Constant(shape, logarithms.AsSpan()),
            step.Constant(new Shape(kept.Length), tails.AsSpan()));
    }

    /// <summary>Student's ids, ascending, and the teacher's ln p of each.</summary>
    private readonly record struct KeptTokens(int[] Ids, double[] Logarithms);
}
