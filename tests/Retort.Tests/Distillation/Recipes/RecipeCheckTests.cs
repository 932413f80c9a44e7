using Retort.Objectives;
using Retort.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Recipes;

public sealed class RecipeCheckTests
{
    private const string Soft = "[{name: soft-label, temperature: 20}]";

    [Theory]
    [InlineData("labels={kind: hard}", "",
        "small.yaml  objective 'soft-label' needs TopLogits or DenseLogits.\n  labels.kind 'hard' offers HardLabels.\n  write labels: {kind: soft}, or use an objective that needs HardLabels: hard-label, virtual-teacher.")]
    [InlineData("labels={kind: top-k, keep: 2}", "student.objective=[{name: logit-regression}]",
        "small.yaml  objective 'logit-regression' needs DenseLogits.\n  labels.kind 'top-k' offers TopLogits(2).\n  write labels: {kind: soft}, or use an objective that needs TopLogits: TOP.")]
    [InlineData("student.objective=[{name: kept-classes}]", "",
        "small.yaml  objective 'kept-classes' needs TopLogits.\n  labels.kind 'soft' offers DenseLogits.\n  write labels: {kind: top-k, keep: 5%}, or use an objective that needs DenseLogits: DENSE.")]
    [InlineData("labels={kind: top-k, keep: 2}", "student.objective=[{name: jensen-shannon, teacherWeight: 1, tail: renormalise}]",
        "small.yaml  objective 'jensen-shannon' with teacherWeight 1 is ReverseKl, which is no divergence with tail renormalise.\n  tail: tailBucket.\n  write it, or a teacherWeight inside the range.")]
    [InlineData("labels={kind: top-k, keep: 2}", "student.objective=[{name: skew-reverse-kl, teacherWeight: 1, tail: renormalise}]",
        "small.yaml  objective 'skew-reverse-kl' with teacherWeight 1 is ReverseKl, which is no divergence with tail renormalise.\n  tail: tailBucket.\n  write it, or a teacherWeight inside the range.")]
    [InlineData("data={source: csv, path: t.csv, target: y}", "",
        "small.yaml  teacher.members[0].model is a conv-net, but data.source csv gives rows of features.\n  a conv-net needs images: digits or idx.\n  use kind: mlp.")]
    [InlineData("data={source: csv, path: t.csv, target: y}", "teacher={source: train, model: {kind: mlp}, training: {augmentShift: 1}}",
        "small.yaml  teacher.members[0].training.augmentShift is 1, but data.source csv gives rows of features.\n  only images can be shifted.\n  remove the key.")]
    [InlineData("student.training.augmentShift=1", "",
        "small.yaml  student.training.augmentShift is 1, but the stored labels are of the examples as they are.\n  teacher and student must see the same view.\n  write labels: {kind: live}, or remove the key from the student; the teacher may keep it.")]
    [InlineData("student.training.augmentNoise=0.5", "",
        "small.yaml  student.training.augmentNoise is 0.5, but the stored labels are of the examples as they are.\n  teacher and student must see the same view.\n  write labels: {kind: live}, or remove the key from the student; the teacher may keep it.")]
    [InlineData("evaluation={attack: {radius: 0.1, stepSize: 0.1}}", "teacher.storage=int8",
        "small.yaml  evaluation.attack attacks the teacher too, and teacher.storage is int8.\n  float32: gradients flow through weights as they were trained.\n  remove one of the two keys.")]
    [InlineData("student.objective=[{name: attention-relations, features: {student: hidden.0, teacher: blocks.0}}]", "",
        "small.yaml  objective 'attention-relations' has 1 of the 3 pairs that it compares at once.\n  as many as it needs, in the order of its page.\n  name them in features; see docs/methods/attention-relations.md.")]
    [InlineData("student.objective=[{name: own-teacher}]", "",
        "small.yaml  objective 'own-teacher' looks at exits, and the student has none.\n  a conv-net of two blocks or more with exits.\n  write student.model: {kind: conv-net, channels: [8, 16], exits: true}.")]
    [InlineData("student.training.attack={radius: 0.1, stepSize: 0.1}",
        "student.objective=[{name: hint, features: {student: hidden.0, teacher: blocks.0}}]",
        "small.yaml  student.training.attack stands beside 'hint'.\n  an attack raises a loss on answers.\n  use objectives on answers.")]
    [InlineData("student.objective=[{name: hint, features: {student: hidden.1, teacher: blocks.0}}]", "",
        "small.yaml  the student (mlp) has no tap 'hidden.1'.\n  expected one of: hidden.0.linear, hidden.0, output.\n  did you mean 'hidden.0'?")]
    [InlineData("student.objective=[{name: hint, features: {student: hidden.0, teacher: block.0}}]", "",
        "small.yaml  the teacher (conv-net) has no tap 'block.0'.\n  expected one of: blocks.0.norm, blocks.0, pool, output.\n  did you mean 'blocks.0'?")]
    [InlineData("student.objective=[{name: attention-transfer, features: {student: hidden.0, teacher: blocks.0}}]", "",
        "small.yaml  'attention-transfer' compares maps, but the student's 'hidden.0' is a vector.\n  expected a map [channels, height, width].\n  use blocks of a conv-net, or an objective that takes vectors: hint, relational-distance, similarity-preserving.")]
    [InlineData("student.objective=[{name: confidence-aware-teachers}]", "",
        "small.yaml  objective 'confidence-aware-teachers' with 1 teacher.\n  it needs 2 or more.\n  name more teacher.members, or use soft-label.")]
    [InlineData("student.objective=[{name: confidence-aware-features}]",
        "teacher={storage: int8, members: [{source: checkpoint, path: a}, {source: checkpoint, path: b}]}",
        "small.yaml  objective 'confidence-aware-features' stands beside teacher.storage int8.\n  finished teachers of float32 weights: gradients flow through their last layers.\n  use confidence-aware-teachers.")]
    [InlineData("student.objective=[{name: confidence-aware-features}]",
        "teacher={members: [{source: train, model: {kind: mlp}}, {source: train, model: {kind: mlp, hidden: [4]}}]}",
        "small.yaml  objective 'confidence-aware-features' compares what is before the last layer, and a model has nothing there.\n  mlps with hidden layers, and conv-nets.\n  use confidence-aware-teachers.")]
    [InlineData("student.objective=[{name: confidence-aware-features}]",
        "teacher={members: [{source: train, model: {kind: mlp, hidden: [4]}}, {source: onnx, path: b.onnx}]}",
        "small.yaml  objective 'confidence-aware-features' compares what is before the last layer, and a model has nothing there.\n  mlps with hidden layers, and conv-nets.\n  use confidence-aware-teachers.")]
    [InlineData("student={model: {kind: onnx, path: m.onnx}, training: {epochs: 1}, objective: [{name: confidence-aware-features}]}",
        "teacher={members: [{source: train, model: {kind: mlp, hidden: [4]}}, {source: train, model: {kind: mlp, hidden: [4]}}]}",
        "small.yaml  objective 'confidence-aware-features' compares what is before the last layer, and a model has nothing there.\n  mlps with hidden layers, and conv-nets.\n  use confidence-aware-teachers.")]
    [InlineData("student.model={kind: mlp, hidden: [8], ranks: [2]}", "student.training.maxNormSquared=15",
        "small.yaml  student.training.maxNormSquared is 15, but its model's matrices are of low rank.\n  whole matrices: a unit's incoming weights are no row of one factor.\n  remove one of the two.")]
    [InlineData("student={model: {kind: mlp, hidden: [8]}, initial: {energy: 0.5}, training: {maxNormSquared: 15}, objective: [{name: soft-label}]}",
        "teacher={source: train, model: {kind: mlp, hidden: [8]}, training: {epochs: 1}}",
        "small.yaml  student.training.maxNormSquared is 15, but its model's matrices are of low rank.\n  whole matrices: a unit's incoming weights are no row of one factor.\n  remove one of the two.")]
    [InlineData("teacher={source: train, model: {kind: mlp, hidden: [8], ranks: [2]}, training: {maxNormSquared: 15}}", "",
        "small.yaml  teacher.members[0].training.maxNormSquared is 15, but its model's matrices are of low rank.\n  whole matrices: a unit's incoming weights are no row of one factor.\n  remove one of the two.")]
    [InlineData("student.initial={energy: 0.5}", "student.model={kind: mlp, hidden: [8], ranks: [2]}",
        "small.yaml  student.initial.energy stands beside student.model.ranks.\n  ranks that are named, or that follow from the teacher's singular values.\n  remove one of the two.")]
    [InlineData("student.training.mixup=true", "",
        "small.yaml  student.training.mixup is true, but labels.kind is soft.\n  the teacher must see the mixed examples too.\n  write labels: {kind: live}.")]
    [InlineData("student.training.mixup=true", "labels={kind: live}",
        "small.yaml  student.training.mixup is true, but 'hard-label' reads the true class.\n  a mixed example has none.\n  use soft-label alone.")]
    [InlineData("baseline={training: {mixup: true}}", "",
        "small.yaml  baseline.training.mixup is true.\n  a mixed example has no class to learn from.\n  mix for the student only.")]
    [InlineData("student.objective=[{name: annealed-logits, temperature: 8}]", "",
        "small.yaml  objective 'annealed-logits' has T up to 8 and maximumTemperature 7.\n  T at most as high: above it nothing of the teacher is left.\n  write temperature: {kind: linear, from: 7, to: 1}.")]
    [InlineData("student.examples={source: noise}", "",
        "small.yaml  student.examples stands beside labels.kind soft.\n  nobody has labelled examples that are made in the loop.\n  write labels: {kind: live}.")]
    [InlineData("student.examples={source: dafl}", "labels={kind: live}",
        "small.yaml  student.examples stands beside 'hard-label', which reads the true class.\n  examples that are made have none.\n  use soft-label alone.")]
    [InlineData("teacher={source: peer}", "",
        "small.yaml  teacher.source is peer, but labels.kind is soft.\n  who learns beside the student answers while it learns: nothing can be stored.\n  write labels: {kind: live}.")]
    [InlineData("teacher.snapshots=3", "",
        "small.yaml  teacher.snapshots stands beside labels.kind soft.\n  the teacher's earlier states answer while the student learns.\n  write labels: {kind: live}.")]
    [InlineData("teacher={members: [{source: peer}, {source: checkpoint, path: x}]}", "labels={kind: live}",
        "small.yaml  teacher.members mixes peers, or the student's own average, with other teachers.\n  all of them learn beside the student, or none.\n  use a teacher, or peers.")]
    [InlineData("student.assistants=[{kind: mlp}]", "student.objective=[{name: hint, features: {student: hidden.0, teacher: blocks.0}}]",
        "small.yaml  student.assistants stands beside an objective on hidden values.\n  an assistant is taught by another model's answers.\n  use objectives on answers.")]
    [InlineData("data={source: idx, path: mnist, train: 60000}", "",
        "small.yaml  data.validation is 0, but baseline.halfSteps is true.\n  a choice needs validation data that nothing is trained on.\n  write data.validation, or halfSteps: false, one rate and no patience.")]
    public void PartsThatDoNotFit(string first, string second, string message)
    {
        var recipe = Texts.Read(second.Length > 0 ? [first, second] : [first]);
        static string Needing(Needs needs) =>
            string.Join(", ", Catalog.Objectives.Where(entry => entry.Needs.HasFlag(needs)).Select(entry => entry.Name));
        Assert.Equal(message.Replace("DENSE", Needing(Needs.DenseLogits), StringComparison.Ordinal)
                .Replace("TOP", Needing(Needs.TopLogits), StringComparison.Ordinal),
            Texts.ErrorOf(() => RecipeCheck.Check(recipe, "small.yaml")));
    }

    [Fact]
    public void AllOfMnistWithoutAChoiceIsAllowed() =>
        Assert.Empty(RecipeCheck.Check(Texts.Read("data={source: idx, path: mnist}", "baseline={halfSteps: false}"), "small.yaml"));

    [Theory]
    [InlineData("labels={kind: top-k, keep: 2}", "'soft-label' has T = 4 on truncated labels")]
    [InlineData("student.objective=" + Soft, "")]
    [InlineData("gate={minKept: 1.01}", "gate.minKept is above 1")]
    [InlineData("student.objective=[{name: hard-label}]", "the objective uses no answer of the teacher")]
    public void WhatIsSaid(string change, string start)
    {
        var said = RecipeCheck.Check(Texts.Read(change, "baseline={}"), "small.yaml");
        if (start.Length == 0) Assert.Empty(said);
        else Assert.StartsWith(start, Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public void TheTrapOfHighTemperatureIsHinted()
    {
        string[] trap = ["student.objective=" + Soft, "student.training={optimizer: sgd, learningRate: 0.1}", "baseline={}"];
        Assert.Equal("soft targets only at T = 20 with learningRate 0.1: with T² kept the gradient is about ten times that of hard labels and training may diverge; try 0.01 to 0.02.",
            Assert.Single(RecipeCheck.Check(Texts.Read(trap), "small.yaml")));
        trap[1] = "student.training={optimizer: sgd, learningRate: 0.01}";
        Assert.Empty(RecipeCheck.Check(Texts.Read(trap), "small.yaml"));
    }

    [Fact]
    public void TheBaselinesReasonIsPrinted() => Assert.StartsWith("baseline: not written: trained as the student is",
        Assert.Single(RecipeCheck.Check(Texts.Read(), "small.yaml")), StringComparison.Ordinal);

    [Theory]
    [InlineData("seed=1", "L = 0.9·T²·KL(p_teacher^T ‖ p_student^T) + 0.1·CE(y, p_student), T = 4, y = the true class; mean over examples")]
    [InlineData("student.objective=[{name: soft-label}]", "L = KL(p_teacher ‖ p_student), T = 1; mean over examples")]
    [InlineData("student.objective=[{name: soft-label, softWeight: {from: 1, to: 0}, temperature: {kind: cosine, from: 8, to: 1}}]",
        "L = (1 → 0 linear)·T²·KL(p_teacher^T ‖ p_student^T), T = 8 → 1 cosine; mean over examples")]
    [InlineData("student.objective=[{name: soft-label, temperature: 4}, {name: reverse-kl, temperature: 2}]",
        "L = T₁²·KL(p_teacher^T₁ ‖ p_student^T₁) + T₂²·KL(p_student^T₂ ‖ p_teacher^T₂), T₁ = 4, T₂ = 2; mean over examples")]
    [InlineData("student.objective=[{name: jensen-shannon, teacherWeight: 0.3}]",
        "L = JSD_β(p_teacher, p_student)/(β(1−β)), T = 1, β = 0.3 is the teacher's share; mean over examples")]
    [InlineData("student.objective=[{name: jensen-shannon, form: plain, temperature: 2}]",
        "L = T²·JSD_β(p_teacher^T, p_student^T), T = 2, β = 0.5 is the teacher's share; mean over examples")]
    [InlineData("student.objective=[{name: hard-label, labelSmoothing: 0.1}]",
        "L = CE(y, p_student), y = the true class, y smoothed by 0.1; mean over examples")]
    [InlineData("student.objective=[{name: soft-label, softWeight: {from: 1, to: 0, until: 0.5}, temperature: 2}]",
        "L = (1 → 0 linear until 0.5)·T²·KL(p_teacher^T ‖ p_student^T), T = 2; mean over examples")]
    [InlineData("student.objective=[{name: hint, softWeight: 100, features: {student: hidden.0, teacher: pool}}]",
        "L = 100·mean((r(F_student) − F_teacher)²), F: student's hidden.0 and teacher's pool; mean over examples")]
    [InlineData("student.objective=[{name: logit-regression, softWeight: 2}]", "L = 2·mean((z_student − z_teacher)²); mean over examples")]
    public void TheObjectiveAsAFormula(string change, string formula) =>
        Assert.Equal(formula, ObjectiveFormula.Describe(Texts.Read(change)));

    [Theory]
    [InlineData("lerningRate", "learningRate")]
    [InlineData("EPOCHS", "epochs")]
    [InlineData("epcohs", "epochs")]
    [InlineData("zzz", null)]
    public void TheNearestName(string typed, string? near) => Assert.Equal(near, NearestName.Find(typed, ["epochs", "learningRate"]));
}
