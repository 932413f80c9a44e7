using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Feature;
using Retort.Objectives.Relation;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Testing;

/// <summary>Losses on hidden values: features and relations.</summary>
public static partial class GoldenLosses
{
    private static Func<GoldenCase, Tensor>? OfHiddenValues(string name) => name switch
    {
        "fitnet_hint" =>
            c => ((Hint)Objective(c, "hint")).Distance(c.Step, c.Step.Linear(c["student"], c["weight"], c["bias"]), c["teacher"]),
        "attention_transfer" => c => Between(c, "attention-transfer", new Setting("power", $"{c.Real("p")}")),
        "fsp" => c => FlowOfSolution.Distance(c.Step, (c["student_a"], c["student_b"]), (c["teacher_a"], c["teacher_b"])),
        "nst" => c => Between(c, "neuron-selectivity"),
        "vid" => c => VariationalInformation.NegativeLogLikelihood(c.Step, c["student"], c["teacher"], c["w0"], c["w1"], c["w2"],
            c["log_scale"]),
        "factor_transfer" => c => FactorTransfer.Distance(c.Step, c["student"], c["teacher"]),
        "review_hcl" => c => KnowledgeReview.Distance(c.Step, c["student"], c["teacher"]),
        "patient_kd" => c => Between(c, "normalised-hidden"),
        "cosine_embedding" => c => Between(c, "cosine-embedding"),
        "rkd" => c => c.Step.Add(c.Step.Scale(Between(c, "relational-distance"), c.Real("distance_weight")),
            c.Step.Scale(Between(c, "relational-angle"), c.Real("angle_weight"))),
        "pkt" => c => Between(c, "probabilistic-transfer"),
        "similarity_preserving" => c => Between(c, "similarity-preserving"),
        "correlation_congruence_adjacent" => c => CorrelationCongruence.OfNeighbours(c.Step, c["student"], c["teacher"]),
        "cckd_gaussian" => c => CorrelationCongruence.OfKernels(c.Step, c["student"], c["teacher"], c.Real("gamma"), (int)c.Real("max_p")),
        "crd" => Contrast,
        "minilm_relations" => c => AttentionRelations.Distance(c.Step, (c["student_q"], c["student_k"], c["student_v"]),
            (c["teacher_q"], c["teacher_k"], c["teacher_v"]), c.Integers("mask")),
        _ => null,
    };

    /// <summary>Built as a recipe builds it, for the shapes of the case.</summary>
    private static FeatureObjective Objective(GoldenCase c, string name, params Setting[] settings)
    {
        var surroundings = new ObjectiveSurroundings(1, 2, 2, Shapes(c["student"]), Shapes(c["teacher"]));
        var recipe = new ObjectiveRecipe { Name = name, Settings = settings, Features = [new FeaturePair("tap", "tap")] };
        return (FeatureObjective)Catalog.Objective(name, "").Create(new ObjectiveContext(recipe, Schedule.Constant(1), surroundings));
    }

    private static Dictionary<string, Shape> Shapes(Tensor value) => new() { ["tap"] = value.Shape.Without(0) };

    private static Tensor Between(GoldenCase c, string name, params Setting[] settings) =>
        Objective(c, name, settings).Between(c.Step, c["student"], c["teacher"]);

    private static Tensor Contrast(GoldenCase c)
    {
        var memories =
            new ContrastiveRepresentation.ContrastMemories(c["memory_1"], c["memory_2"], c.Step.Constant(new Shape(2), [0.0, 0]));
        var student = c.Step.Linear(c["student"], c["student_weight"], c["student_bias"]);
        var teacher = c.Step.Linear(c["teacher"], c["teacher_weight"], c["teacher_bias"]);
        var loss =
            memories.Loss(c.Step, student, teacher, c.Integers("index"), c.Integers("contrast_index"), c.Temperature, c.Real("momentum"));
        (c.Outputs["memory_1_after"], c.Outputs["memory_2_after"]) = (memories.Student, memories.Teacher);
        var normalisers = c.Step.Reshape(memories.Normalisers, new Shape(2, 1));
        (c.Outputs["z_1"], c.Outputs["z_2"]) = (c.Step.Slice(normalisers, 0, 0, 1), c.Step.Slice(normalisers, 0, 1, 1));
        return loss;
    }
}
