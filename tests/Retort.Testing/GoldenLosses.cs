using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Response;
using Retort.Objectives.Sequence;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Testing;

/// <summary>
/// How a loss file's definition is written with our objectives; null where there is none. What a definition does otherwise (the
/// teacher's entropy left out, no T², a sum for a mean) is undone here, by its own formula.
/// </summary>
public static partial class GoldenLosses
{
    public static Func<GoldenCase, Tensor>? Named(string name) => name switch
    {
        "kl_temperature" => c => Loss(c, (new SoftLabel(T(c)), 1)),
        "kd_mix" => c => Loss(c, (new SoftLabel(T(c)), c.Real("alpha")), (new HardLabel(), 1 - c.Real("alpha"))),
        "logits_mse" => c => Loss(c, (new LogitRegression(), 1)),
        "logits_mse_centered" => c => Loss(c, (new CentredLogits(), 1)),
        "forward_kl_masked" => c => c.Step.Add(Entropy(c, 1), Loss(c, (new SoftLabel(One), 1))),
        "reverse_kl_masked" => c => Loss(c, (new ReverseKl(One), 1)),
        "symmetric_kl" => c => c.Step.Add(Entropy(c, 1 - c.Real("lam")),
            Loss(c, (new SoftLabel(One), 1 - c.Real("lam")), (new ReverseKl(One), c.Real("lam")))),
        "js_distance" => c => Loss(c, (new JensenShannon(One, 1 - c.Real("lam"), scaled: false), 1)),
        "gkd_generalized_jsd" => GeneralisedJsd,
        "skew_forward_kl" => c => c.Step.Add(Entropy(c, 1), Loss(c, (new SkewForwardKl(One, c.Real("lam")), 1))),
        "skew_reverse_kl" => c => Loss(c, (new SkewReverseKl(One, 1 - c.Real("lam")), 1)),
        "total_variation_masked" => c => Loss(c, (new TotalVariation(), 1)),
        "topk_kl" => c => Loss(c, (new SoftLabel(T(c), c.Text("missing") == "ZERO" ? TailMode.Renormalise : TailMode.TailBucket), 1)),
        "topk_tail_kl" => c => Loss(c, (new SoftLabel(One), 1)),
        "topk_renormalized_kl" => c => Loss(c, (new KeptClasses(One), 1)),
        "uld" => SortedBySequence,
        "dkd" => c => Loss(c, (new DecoupledKnowledge(T(c), c.Real("alpha"), c.Real("beta")), 1)),
        "dist" => c => Loss(c, (new CorrelationMatch(T(c), c.Real("beta"), c.Real("gamma")), 1)),
        "logit_standardization" => c => Loss(c, (new StandardisedLogits(T(c)), 1)),
        "margin_mse" => c => Loss(c, (new MarginRegression(), 1)),
        "multi_teacher_probabilities" => c => Loss(c, Several(c), (new TeacherMixture(T(c)), 1)),
        "multi_teacher_logits" => c => Loss(c, Several(c), (new TeacherMixture(T(c), logits: true), 1)),
        "mutual_learning" => c => c.Step.Add(Peer(c, "peer_1", "peer_2"), Peer(c, "peer_2", "peer_1")),
        "minillm_advantage" => Advantage,
        _ => OfHiddenValues(name),
    };

    /// <summary>TRL's forms; its file has no loss.</summary>
    private static Tensor Advantage(GoldenCase c)
    {
        var shape = c["student_logprobs"].Shape;
        c.Outputs["advantage"] = c.Step.Constant(shape, MiniLlmAdvantage.Of(c.Values("student_logprobs"), c.Values("teacher_logprobs"),
            c.Integers("mask"), (int)shape[1], c.Real("gamma"),
            c.Flag("length_normalization") ? AdvantageForm.DividedByDiscountedLength : AdvantageForm.FromTheStart).AsSpan());
        return c.Outputs["advantage"];
    }

    private static Schedule One { get; } = Schedule.Constant(1);

    private static Schedule T(GoldenCase c) => Schedule.Constant(c.Temperature);

    private static Tensor Loss(GoldenCase c, params (Objective Objective, double Weight)[] terms) => Loss(c, c.Signals(), terms);

    private static Tensor Loss(GoldenCase c, Signals signals, params (Objective Objective, double Weight)[] terms) =>
        new WeightedSum([.. terms.Select(term => new WeightedTerm(term.Objective, Schedule.Constant(term.Weight)))])
            .Loss(c.Step, signals, 0).Loss;

    /// <summary>
    /// The mean entropy of the teacher's rows that count: what a cross-entropy has over a divergence. Before the loss, which consumes its
    /// logits.
    /// </summary>
    private static Tensor Entropy(GoldenCase c, double factor)
    {
        var logarithms = c.Signals().Counted(c.Step).TeacherLogProbabilities(c.Step);
        return c.Step.Scale(c.Step.MeanAll(c.Step.Sum(c.Step.Multiply(c.Step.Exp(logarithms), logarithms), -1)), -factor);
    }

    /// <summary>No T²; the mean is over rows, over rows and classes, or it is no mean.</summary>
    private static Tensor GeneralisedJsd(GoldenCase c)
    {
        var factor = c.Text("reduction") switch { "sum" =>
            c.Integers("labels").Count(label => label != Signals.Ignored), "mean" => 1.0 / c["student"].Shape[-1], _ => 1.0 };
        var loss = Loss(c, (new JensenShannon(T(c), c.Real("beta"), scaled: false), 1));
        return c.Step.Scale(loss, factor / (c.Temperature * c.Temperature));
    }

    /// <summary>The teachers of [K, N, C]; without weights they count alike.</summary>
    private static Signals Several(GoldenCase c)
    {
        var (count, rows) = ((int)c["teachers"].Shape[0], c.Rows("student"));
        double[] weights = c.HasReals("weights") ? c.Reals("weights") : [.. Enumerable.Repeat(1.0 / count, count)];
        return new Signals(rows, default, null)
        {
            Teachers = [.. weights.Select((weight,
                k) => new TeacherSignals(c.Step.Reshape(c.Step.Slice(c["teachers"], 0, k, 1), rows.Shape), weight, new Dictionary<string,
                Tensor>()))],
        };
    }

    private static Tensor Peer(GoldenCase c, string own, string other) => Loss(c,
        new Signals(c.Step.Scale(c[own], 1), c.Integers("labels"), TeacherTarget.Logits(c.Step.Detach(c.Step.Scale(c[other], 1)))),
        (new HardLabel(), 1), (new SoftLabel(One), 1));

    /// <summary>The answers of each text begin before their first label; both are cut to the shorter one; the mean is over texts.</summary>
    private static Tensor SortedBySequence(GoldenCase c)
    {
        var step = c.Step;
        var objective =
            new SortedProbabilities(Schedule.Constant(c.Real("student_temperature")), Schedule.Constant(c.Real("teacher_temperature")));
        var texts = c["student"].Shape[0];
        Tensor? total = null;
        for (var text = 0L; text < texts; text++)
        {
            var (first, count) = Answer(c, "student", text);
            var (teacherFirst, teacherCount) = Answer(c, "teacher", text);
            var rows = Math.Min(count, teacherCount);
            var loss = objective.Loss(step,
                new Signals(Cut("student", text, first, rows), default, TeacherTarget.Logits(Cut("teacher", text, teacherFirst, rows))), 0);
            total = total is { } sum ? step.Add(sum, loss) : loss;
        }
        return step.Scale(total!.Value, 1.0 / texts);

        Tensor Cut(string who, long text, long first, long rows)
        {
            var whole = step.Slice(step.Slice(c[who], 0, text, 1), 1, first, rows);
            return step.Reshape(whole, new Shape(rows, whole.Shape[-1]));
        }
    }

    /// <summary>Where the answer's logits begin (one before its first label), and how many labels it has.</summary>
    private static (long First, long Count) Answer(GoldenCase c, string who, long text)
    {
        var width = (int)c[who].Shape[1];
        var labels = c.Integers($"{who}_labels").AsSpan((int)text * width, width);
        var leading = labels.IndexOfAnyExcept(Signals.Ignored);
        return (leading - 1, labels.Length - labels.Count(Signals.Ignored));
    }
}
