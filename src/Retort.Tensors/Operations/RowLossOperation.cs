using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>What a row loss compares with: dense [N, V], or sparse ids and true log-probabilities [N, K] with the tail mass [N].</summary>
public readonly record struct TeacherTarget(TeacherForm Form, Tensor Values, Tensor Ids, Tensor TailMass)
{
    public static TeacherTarget Logits(Tensor logits) => new(TeacherForm.Logits, logits, default, default);
    public static TeacherTarget Probabilities(Tensor probabilities) => new(TeacherForm.Probabilities, probabilities, default, default);
    public static TeacherTarget TopK(Tensor ids, Tensor logProbabilities, Tensor tailMass) =>
        new(TeacherForm.TopK, logProbabilities, ids, tailMass);
}

/// <summary>
/// Factors of single rows, beside the weights of the terms: importance weights, or the advantages of a policy gradient, which may be below
/// 0. Constants.
/// </summary>
/// <param name="Hard">[N] of the hard part; null = 1.</param>
/// <param name="Soft">[N] of the soft part; null = 1.</param>
public readonly record struct RowWeights(Tensor? Hard, Tensor? Soft);

/// <param name="Loss">Scalar: hardWeight·mean(hard) + softWeight·mean(soft) over counted rows, each times its own weight.</param>
/// <param name="HardLosses">[N] unweighted.</param>
/// <param name="SoftLosses">[N] unweighted, T² included.</param>
/// <param name="Counted">Rows that are not ignored.</param>
public readonly record struct RowLossResult(Tensor Loss, Tensor HardLosses, Tensor SoftLosses, long Counted);

/// <summary>
/// Cross-entropy and divergences over rows of logits in one fused pass. When it is recorded it CONSUMES its logits: their memory
/// holds the gradient afterwards, and reading it, or walking back through an operation that saved it, is an error. Formulas: Hinton
/// 2015 section 2; the tail modes of truncated labels in docs/methods/soft-label.md.
/// </summary>
public static class RowLossOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="logits">[N, V]; consumed when recording.</param>
    /// <param name="terms">Weights, divergence, temperature.</param>
    /// <param name="labels">[N] int32, when there is a hard term.</param>
    /// <param name="teacher">When there is a soft term.</param>
    /// <param name="weights">Of single rows.</param>
    public static RowLossResult RowLoss(this Step step, Tensor logits, RowLossTerms terms, Tensor? labels = null,
        TeacherTarget? teacher = null, RowWeights weights = default)
    {
        if (logits.Shape.Rank != 2) throw new RetortException("RowLoss", $"logits {logits.Shape}.", "[rows, classes].");
        Check(logits.Shape, terms, labels, weights);
        if (terms.Soft != SoftLoss.None) CheckTeacher(logits.Shape, terms, teacher);
        long rows = logits.Shape[0], classes = logits.Shape[1];
        var (hard, soft) = Losses(step, rows);
        var recorded = step.Needs(logits);
        if (recorded && logits.Arena.Gradients is not null)
            throw new RetortException("RowLoss", $"a parameter {logits.Shape} was given as logits, and would be overwritten.",
                "logits made in this step.", "give it a copy: step.Scale(parameter, 1).");
        var own = recorded ? logits.Consume() : logits; // before the others are read: none of them may lie in the same memory
        var target = teacher ?? default;
        var sparse = terms.Soft != SoftLoss.None && target.Form == TeacherForm.TopK;
        terms = terms with { Form = target.Form };
        var buffers = new RowLossBuffers(own.Storage, recorded ? own.Storage : default, labels?.Storage ?? default,
            terms.Soft == SoftLoss.None
                ? default
                : target.Values.Storage, sparse
                ? target.Ids.Storage
                : default, sparse
                ? target.TailMass.Storage
                : default, hard.Storage, soft.Storage, weights.Hard?.Storage ?? default, weights.Soft?.Storage ?? default);
        var counted = step.Device.Kernels.RowLoss(terms, buffers, rows, classes, sparse ? target.Ids.Shape[1] : 0);
        var loss = Total(step, terms, hard, soft, counted, weights);
        return new RowLossResult(recorded ? step.Record(loss, new Node(logits, own)) : loss, hard, soft, counted);
    }

    /// <summary>Zeros for the losses of each row.</summary>
    internal static (Tensor Hard, Tensor Soft) Losses(Step step, long rows)
    {
        var (hard, soft) = (step.Allocate(new Shape(rows)), step.Allocate(new Shape(rows)));
        step.Device.Kernels.Fill(hard.Storage, 0);
        step.Device.Kernels.Fill(soft.Storage, 0);
        return (hard, soft);
    }

    /// <summary>The weighted mean over the counted rows, summed in double in their order: a scalar of this step.</summary>
    internal static Tensor Total(Step step, in RowLossTerms terms, Tensor hard, Tensor soft, long counted, RowWeights weights)
    {
        var total = 0.0;
        if (terms.HardWeight != 0) total += terms.HardWeight * Sum(step, hard, weights.Hard);
        if (terms.Soft != SoftLoss.None) total += terms.SoftWeight * Sum(step, soft, weights.Soft);
        return step.Constant(new Shape(), [counted == 0 ? 0 : total / counted]);
    }

    private static double Sum(Step step, Tensor losses, Tensor? weights)
    {
        if (weights is not { } own) return step.Device.Sum(losses);
        return step.Device.Sum(step.Multiply(losses, step.Reshape(step.Detach(own), losses.Shape)));
    }

    internal static void Check(Shape logits, in RowLossTerms terms, Tensor? labels, RowWeights weights)
    {
        CheckRows(logits, weights.Hard);
        CheckRows(logits, weights.Soft);
        if (!(terms.Temperature > 0) || !double.IsFinite(terms.Temperature)) throw new RetortException("RowLoss",
            $"temperature {terms.Temperature}.", "a finite temperature above 0.");
        if (!(terms.HardWeight >= 0 && terms.SoftWeight >= 0)) throw new RetortException("RowLoss",
            $"weights {terms.HardWeight} and {terms.SoftWeight}.", "weights of 0 or more.");
        if (terms.HardWeight > 0
            && labels is null) throw new RetortException("RowLoss", "a hard term without labels.", "[rows] int32 classes.");
        if (terms.Soft == SoftLoss.Interpolated && !(terms.TeacherWeight > 0 && terms.TeacherWeight < 1))
            throw new RetortException("RowLoss", $"a teacher's weight of {terms.TeacherWeight} in Interpolated.", "above 0 and below 1.",
                "1 is ForwardKl, and 0 teaches nothing.");
        if (!(terms.TeacherWeight is >= 0 and <= 1 && terms.HeadMass is > 0 and <= 1)) throw new RetortException("RowLoss",
            $"a teacher's weight of {terms.TeacherWeight} and a head of {terms.HeadMass}.", "0 to 1, and a head that holds something.");
        if (labels is { } given && (given.Shape.Count != logits[0] || given.DataType != DataType.Int32))
            throw new RetortException("RowLoss", $"labels {given.Shape} ({given.DataType}) for logits {logits}.", $"[{logits[0]}] Int32.");
    }

    private static void CheckRows(Shape logits, Tensor? weights)
    {
        if (weights is { } given && (given.Shape.Count != logits[0] || given.DataType is not (DataType.Float32 or DataType.Float64)))
            throw new RetortException("RowLoss", $"weights {given.Shape} ({given.DataType}) of rows for logits {logits}.",
                $"[{logits[0]}] of the device's floats.");
    }

    internal static void CheckTeacher(Shape logits, in RowLossTerms terms, TeacherTarget? teacher)
    {
        if (teacher is not { } target) throw new RetortException("RowLoss", $"a {terms.Soft} term without a teacher.",
            "teacher logits, probabilities or kept classes.");
        if (target.Form == TeacherForm.TopK) CheckTail(terms);
        if (target.Form != TeacherForm.TopK && target.Values.Shape != logits) throw new RetortException("RowLoss",
            $"teacher {target.Values.Shape} for logits {logits}.", "equal shapes: one row an example, and the same classes.",
            "of a padded vocabulary take the tokenizer's tokens on both sides; for another vocabulary use sorted-probabilities.");
        if (target.Form == TeacherForm.TopK
            && (target.Ids.Shape != target.Values.Shape || target.Ids.Shape[0] != logits[0] || target.TailMass.Shape.Count != logits[0]))
            throw new RetortException("RowLoss",
                $"kept ids {target.Ids.Shape}, log-probabilities {target.Values.Shape}, tails {target.TailMass.Shape} for logits {logits}.",
                "[rows, kept], [rows, kept] and [rows].");
    }

    private static void CheckTail(in RowLossTerms terms)
    {
        if (RowLossTerms.IsDivergence(terms.Soft, terms.Tail)) return;
        var tails = RowLossTerms.TailsOf(terms.Soft);
        if (tails.Count == 0) throw new RetortException("RowLoss", $"{terms.Soft} of truncated labels.",
            "a teacher's logits of every class.", "store labels of kind soft, or choose a divergence, such as ForwardKl.");
        throw new RetortException("RowLoss", $"{terms.Soft} of truncated labels with the tail mode {terms.Tail}, where it is no divergence.",
            $"{string.Join(" or ", tails)}.");
    }

    private readonly struct Node(Tensor logits, Tensor own) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            var upstream = pass.Step.Device.Scalar(gradient);
            if (upstream != 1) pass.Kernels.Scale(own.Storage, upstream, own.Storage, false);
            pass.Give(logits, own);
        }
    }
}
