using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>A teacher by its last hidden states and its head: its logits are made chunk by chunk, like the student's.</summary>
/// <param name="Hidden">[N, teacher width]</param>
/// <param name="Weight">[classes or more, teacher width]; classes that the student lacks are left out.</param>
/// <param name="Bias">[as many], or null.</param>
public readonly record struct TeacherHead(Tensor Hidden, Tensor Weight, Tensor? Bias = null);

/// <summary>
/// <see cref="RowLossOperation"/> of logits = hidden · weightᵀ + bias, a chunk of rows at a time: the logits of a whole batch never
/// exist, and memory is O(chunk · classes). Gradients of hidden, weight and bias are written while a chunk is at hand (Hsu et al.
/// 2024, Liger Kernel), so that backward has nothing left to do.
/// </summary>
public static class HeadLossOperation
{
    // Logits of a chunk stay in a third-level cache, but a chunk is tall enough to pay for packing the weight once more.
    private const long ChunkElements = 4 << 20, FewestRows = 256;

    /// <param name="step">The running step.</param>
    /// <param name="hidden">[N, width]</param>
    /// <param name="weight">[classes, width]</param>
    /// <param name="bias">[classes], or null.</param>
    /// <param name="terms">Weights, divergence, temperature. A factor of the loss belongs here: backward accepts no other than 1.</param>
    /// <param name="labels">[N] int32, when there is a hard term.</param>
    /// <param name="teacher">When there is a soft term, unless <paramref name="teacherHead"/> gives it.</param>
    /// <param name="teacherHead">The teacher's logits, not yet made.</param>
    /// <param name="chunkRows">Rows of one chunk; 0 = chosen by the number of classes.</param>
    /// <param name="weights">Of single rows.</param>
    public static RowLossResult HeadLoss(this Step step, Tensor hidden, Tensor weight, Tensor? bias, RowLossTerms terms,
        Tensor? labels = null, TeacherTarget? teacher = null, TeacherHead? teacherHead = null, long chunkRows = 0,
        RowWeights weights = default)
    {
        if (hidden.Shape.Rank != 2 || weight.Shape.Rank != 2 || hidden.Shape[1] != weight.Shape[1]
            || (bias is { } given && given.Shape.Count != weight.Shape[0]))
            throw new RetortException("HeadLoss", $"hidden {hidden.Shape}, weight {weight.Shape}, bias {bias?.Shape.ToString() ?? "none"}.",
                "[N, width], [classes, width] and [classes].");
        var logits = new Shape(hidden.Shape[0], weight.Shape[0]);
        RowLossOperation.Check(logits, terms, labels, weights);
        if (teacherHead is { } head) CheckHead(logits, head, teacher);
        else if (terms.Soft != SoftLoss.None) RowLossOperation.CheckTeacher(logits, terms, teacher);
        if (chunkRows <= 0) chunkRows = ChunkRows(logits[1]);
        var chunks = new Chunks(step, hidden, weight, bias, terms with { Form = teacher?.Form ?? TeacherForm.Logits }, labels, teacher,
            teacherHead, Math.Min(chunkRows, logits[0]), weights);
        var (hard, soft) = RowLossOperation.Losses(step, logits[0]);
        var counted = chunks.Counted();
        chunks.Run(counted, hard, soft);
        var loss = RowLossOperation.Total(step, terms, hard, soft, counted, weights);
        return new RowLossResult(chunks.Recorded ? step.Record(loss, new Node()) : loss, hard, soft, counted);
    }

    /// <summary>Rows whose logits exist at the same time, where nobody says how many.</summary>
    /// <param name="classes">Numbers of a row.</param>
    public static long ChunkRows(long classes) => Math.Max(FewestRows, ChunkElements / Math.Max(1, classes));

    private static void CheckHead(Shape logits, in TeacherHead head, TeacherTarget? teacher)
    {
        if (teacher is not null) throw new RetortException("HeadLoss", "a teacher's answers and a teacher's head.", "one of the two.");
        if (head.Hidden.Shape.Rank != 2 || head.Weight.Shape.Rank != 2 || head.Hidden.Shape[0] != logits[0]
            || head.Hidden.Shape[1] != head.Weight.Shape[1] || head.Weight.Shape[0] < logits[1])
            throw new RetortException("HeadLoss",
                $"a teacher's hidden {head.Hidden.Shape} and weight {head.Weight.Shape} for logits {logits}.",
                $"[{logits[0]}, width] and [{logits[1]} or more, width].");
    }

    private readonly struct Chunks(
        Step step, Tensor hidden, Tensor weight, Tensor? bias, RowLossTerms terms, Tensor? labels, TeacherTarget? teacher,
            TeacherHead? teacherHead, long chunk, RowWeights weights)
    {
        private long Rows => hidden.Shape[0];
        private long Width => hidden.Shape[1];
        private long Classes => weight.Shape[0];
        private Kernels Kernels => step.Device.Kernels;

        public bool Recorded => step.Needs(hidden) || step.Needs(weight) || (bias is { } given && step.Needs(given));

        /// <summary>Rows that count: a chunk's gradients are divided by those of all chunks.</summary>
        public long Counted()
        {
            if (labels is not { } given) return Rows;
            Span<int> piece = stackalloc int[128];
            var counted = 0L;
            for (var start = 0L; start < Rows; start += piece.Length)
            {
                var part = piece[..(int)Math.Min(piece.Length, Rows - start)];
                step.Device.Read(given.Part(start, new Shape(part.Length)), part);
                for (var i = 0; i < part.Length; i++)
                {
                    if (part[i] == terms.IgnoreLabel) continue;
                    if (part[i] < 0 || part[i] >= Classes)
                        throw new RetortException("HeadLoss", $"label {part[i]} in row {start + i}.",
                            $"labels of 0 to {Classes - 1}, or {terms.IgnoreLabel} to ignore a row.");
                    counted++;
                }
            }
            return counted;
        }

        public void Run(long counted, Tensor hard, Tensor soft)
        {
            Storage dHidden = default, dWeight = default, dBias = default;
            bool addHidden = false, addWeight = false, addBias = false;
            var recorded = Recorded;
            if (recorded)
            {
                step.Pass.TryTarget(hidden, out dHidden, out addHidden);
                step.Pass.TryTarget(weight, out dWeight, out addWeight);
                if (bias is { } given) step.Pass.TryTarget(given, out dBias, out addBias);
                if (Rows == 0 && !addWeight) Kernels.Fill(dWeight, 0);
                if (Rows == 0 && !addBias) Kernels.Fill(dBias, 0);
            }
            var mark = step.Mark(); // the chunks' memory serves what comes after
            var allLogits = step.Allocate(new Shape(chunk, Classes)).Storage;
            var teacherLogits = teacherHead is null ? default : step.Allocate(new Shape(chunk, Classes)).Storage;
            for (var first = 0L; first < Rows; first += chunk)
            {
                var rows = Math.Min(chunk, Rows - first);
                Storage logits = allLogits.Slice(0, rows * Classes), x = hidden.Storage.Slice(first * Width, rows * Width);
                Kernels.Linear(rows, Width, Classes, x, weight.Storage, bias?.Storage ?? default, Activation.None, logits, default);
                Lose(first, rows, logits, teacherLogits, recorded, counted, hard, soft);
                if (dHidden.Length > 0) Kernels.MatMul(1, rows, Width, Classes, logits, 0, false, weight.Storage, 0, false,
                    dHidden.Slice(first * Width, rows * Width), 0, addHidden);
                if (dWeight.Length > 0) Kernels.MatMul(1, Classes, Width, rows, logits, 0, true, x, 0, false, dWeight, 0, addWeight
                    || first > 0);
                if (dBias.Length > 0) Kernels.LinearBackward(rows, Classes, Activation.None, default, default, logits, logits, dBias,
                    addBias || first > 0);
            }
            step.Release(mark);
        }

        /// <summary>Logits become gradients.</summary>
        private void Lose(long first, long rows, Storage logits, Storage teacherLogits, bool recorded, long counted, Tensor hard,
            Tensor soft)
        {
            var kept = 0L;
            Storage target = default, ids = default, tail = default;
            if (teacherHead is { } head)
            {
                target = teacherLogits.Slice(0, rows * Classes);
                var width = head.Hidden.Shape[1];
                Kernels.Linear(rows, width, Classes, head.Hidden.Storage.Slice(first * width, rows * width), head.Weight.Storage,
                    head.Bias?.Storage ?? default, Activation.None, target, default);
            }
            else if (terms.Soft != SoftLoss.None && teacher is { } given)
            {
                var columns = given.Values.Shape[1];
                target = given.Values.Storage.Slice(first * columns, rows * columns);
                if (given.Form == TeacherForm.TopK) (kept, ids, tail) =
                    (columns, given.Ids.Storage.Slice(first * columns, rows * columns), given.TailMass.Storage.Slice(first, rows));
            }
            var buffers = new RowLossBuffers(logits, recorded ? logits : default, labels?.Storage.Slice(first, rows)
                ?? default, target, ids, tail, hard.Storage.Slice(first, rows), soft.Storage.Slice(first, rows),
                weights.Hard?.Storage.Slice(first, rows) ?? default, weights.Soft?.Storage.Slice(first, rows) ?? default);
            Kernels.RowLoss(terms, buffers, rows, Classes, kept, counted);
        }
    }

    /// <summary>The gradients are where they belong already, for a loss that counts once.</summary>
    private readonly struct Node : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            var factor = pass.Step.Device.Scalar(gradient);
            if (factor != 1) throw Refusal($"the loss was multiplied by {factor} after its gradients were written.",
                "put the factor into the terms' weights.");
        }

        public static void Unreached() => throw Refusal("a recorded loss is no part of the loss of this backward walk.",
            "add it, or compute it in a step that does not train.");

        private static RetortException Refusal(string what, string remedy) => new("HeadLoss", what, "a loss that counts once.", remedy);
    }
}
