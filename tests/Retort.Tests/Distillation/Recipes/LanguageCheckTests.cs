using Retort.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Recipes;

public sealed class LanguageCheckTests
{
    private const string Sums = """
        name: sums
        data: {source: arithmetic}
        teacher:
          source: train
          model: {kind: gpt, width: 16, layers: 1, heads: 2}
        student:
          model: {kind: gpt, width: 8, layers: 1, keyValueHeads: 1, heads: 2, tiedHead: true}

        """;

    private static IReadOnlyList<string> Check(params string[] overrides) =>
        RecipeCheck.Check(RecipeReader.Read(Sums, "s.yaml", overrides), "s.yaml");

    [Theory]
    [InlineData("labels.kind=live", "KL(p_teacher ‖ p_student), T = 1")]
    [InlineData("labels.kind=hard", "y = the next token of the data's text")]
    [InlineData("labels={kind: top-k, keep: 64}", "KL(p_teacher ‖ p_student), T = 1, teacher's top-k labels keep 64, tail: tailBucket")]
    [InlineData("labels={kind: sampled, draws: 12}", "−Σ p̂_teacher·ln p_student")]
    [InlineData("labels.kind=text", "y = the next token of the teacher's answer")]
    public void EachKindOfLabelsHasItsUsualObjective(string kind, string formula)
    {
        Check(kind);
        var recipe = RecipeReader.Read(Sums, "s.yaml", [kind]);
        Assert.Contains(formula, ObjectiveFormula.Describe(recipe), StringComparison.Ordinal);
        Assert.Contains("mean over the tokens that are to be said", ObjectiveFormula.Describe(recipe), StringComparison.Ordinal);
        var written = RecipeWriter.Write(recipe);
        Assert.Equal(written, RecipeWriter.Write(RecipeReader.Read(written, "s.yaml")));
        Assert.Equal(["safetensors", "gguf"], recipe.Export);
    }

    [Theory]
    [InlineData("student.model={kind: gpt, from: teacher, layers: 1, hidden: [9]}", "student.initial={layers: [0]}")]
    [InlineData("student.model={kind: gpt, from: \"hf:ORG/NAME\"}", "student.lora={rank: 2, targets: [q_proj, v_proj]}")]
    [InlineData("student.model={kind: gpt, from: teacher, heads: 2, width: 8}", "labels={kind: sampled, draws: 12}")]
    public void WhatABeginningIsCanBeSaid(params string[] overrides)
    {
        Check(overrides);
        var written = RecipeWriter.Write(RecipeReader.Read(Sums, "s.yaml", overrides));
        Assert.Equal(written, RecipeWriter.Write(RecipeReader.Read(written, "s.yaml")));
        foreach (var (key, value) in overrides.Select(line => line.Split('=')).Select(pair => (pair[0], pair[1])))
            Assert.Contains(key[(key.LastIndexOf('.') + 1)..] + ":", written, StringComparison.Ordinal);
    }

    [Fact]
    public void ATeacherMayReadItsOwnAnswersAlong() =>
        Check("labels.kind=text", "student.objective=[{name: soft-label}, {name: hard-label, hardWeight: 0.1}]");

    /// <summary>With a usual sampling and a usual watchdog; written out with their reasons, and read again.</summary>
    [Theory]
    [InlineData("student.onPolicy={share: 1}")]
    [InlineData("student.onPolicy={share: {kind: linear, from: 0, to: 0.8}, schedule: adaptive, warmUpSteps: 20, replay: {capacity: 9}}")]
    [InlineData("student.onPolicy={source: teacher, controls: false} ; student.sampling={temperature: 0, topP: 0.9} ; student.watchdog={after: 0}")]
    public void AnswersMayBeWrittenWhileTheStudentLearns(string overrides)
    {
        var recipe = RecipeReader.Read(Sums, "s.yaml", overrides.Split(" ; "));
        RecipeCheck.Check(recipe, "s.yaml");
        Assert.NotNull(recipe.Student.Sampling);
        Assert.NotNull(recipe.Student.Watchdog);
        var written = RecipeWriter.Write(recipe);
        Assert.Equal(written, RecipeWriter.Write(RecipeReader.Read(written, "s.yaml")));
        Assert.Contains("writes anew", ObjectiveFormula.Describe(recipe), StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyTextsHavePromptsToAnswer() => Assert.Contains("student.onPolicy stands beside data.source digits.",
        Texts.ErrorOf(() => RecipeCheck.Check(Texts.Read("student.onPolicy={share: 1}"), "s.yaml")), StringComparison.Ordinal);

    [Theory]
    [InlineData("student.model={kind: mlp}", "student.model is of kind mlp, and data.source is arithmetic.\n  a model of texts.\n  use kind: gpt.")]
    [InlineData("data.source=digits", "teacher.members[0].model is of kind gpt, and data.source is digits.")]
    [InlineData("labels.kind=soft", "labels.kind is soft, and data.source is arithmetic.\n  one of: live, hard, top-k, sampled, hidden, text, judged.")]
    [InlineData("labels={kind: top-k, keep: mass>=0.9}", "labels.keep is mass>=0.9, which may be any number of tokens.")]
    [InlineData("labels={kind: sampled} ; student.objective=[{name: reverse-kl}]", "labels.kind 'sampled' offers SampledLogits(50).")]
    [InlineData("labels={kind: top-k, keep: 9} ; student.objective=[{name: sampled-label}]", "objective 'sampled-label' needs SampledLogits.")]
    [InlineData("export=[onnx]", "export names onnx, and the student is a gpt.")]
    [InlineData("data.prompts=10", "data.prompts is 10, and labels.kind is live.")]
    [InlineData("data.testTerms=3", "data.testTerms is 3, below data.terms, 4.")]
    [InlineData("student.training.mixup=true", "student.training moves examples of numbers")]
    [InlineData("student.initial={layers: [0]}", "student.initial stands beside data.source arithmetic.\n  student.model: {kind: gpt, from: teacher}")]
    [InlineData("student.model={kind: gpt, from: teacher} ; student.initial={energy: 0.9}", "student.initial.energy stands beside data.source")]
    [InlineData("student.lora={rank: 2}", "student.lora stands beside data.source arithmetic.")]
    [InlineData("student.model={kind: gpt, from: teacher} ; student.lora={rank: 2}", "student.lora stands beside data.source arithmetic.")]
    [InlineData("teacher.model={kind: gpt, from: teacher}", "teacher.model has the key from.")]
    [InlineData("labels.kind=hard ; student.onPolicy={share: 1}", "student.onPolicy has the student answer, and no objective asks the teacher about it.")]
    [InlineData("labels={kind: top-k, keep: 9} ; student.onPolicy={share: 1}", "student.onPolicy stands beside labels.kind top-k.")]
    [InlineData("data.source=digits ; student.model={kind: mlp, hidden: [8]} ; teacher.model={kind: mlp, hidden: [8]} ; student.training.recomputeBlocks=true",
        "student.training.recomputeBlocks is true, and data.source is digits.\n  a model of kind gpt, which has blocks.")]
    [InlineData("teacher.snapshots=2", "1 teacher(s), the first of source train, and texts.")]
    [InlineData("labels.kind=hard ; student.objective=[{name: soft-label}]", "objective 'soft-label' needs TopLogits or DenseLogits.")]
    [InlineData("student.objective=[{name: hint, features: {student: norm, teacher: norm}}]", "objective 'hint' does not know what a text is.")]
    public void WhatDoesNotFit(string overrides, string message) =>
        Assert.Contains(message, Texts.ErrorOf(() => Check(overrides.Split(" ; "))), StringComparison.Ordinal);

    [Theory]
    [InlineData("student.model.heads=3", "student.model has width 8 and 3 heads.")]
    [InlineData("student.model.keyValueHeads=3", "student.model has 2 heads on 3 of keys and values.")]
    [InlineData("student.model.dropout=0.1", "student.model.dropout does not belong to kind gpt.")]
    [InlineData("student.model={kind: gpt, width: 8}", "the key 'student.model.layers' is missing.")]
    [InlineData("student.model={kind: mlp, width: 8}", "student.model.width does not belong to kind mlp.")]
    [InlineData("student.model={kind: gpt, from: teacher, tiedHead: true}", "student.model.tiedHead stands beside student.model.from.")]
    [InlineData("student.model={kind: mlp, from: teacher}", "student.model.from does not belong to kind mlp.")]
    [InlineData("student.model.hidden=[8, 8]", "student.model.hidden has 2 numbers.")]
    [InlineData("data.signs=\"+/\"", "data.signs is '+/'.")]
    [InlineData("data.signs=\"++\"", "data.signs is '++'.")]
    [InlineData("data.labelled=0.5", "data.labelled does not belong to source arithmetic.")]
    [InlineData("data.vocabulary=300", "data.vocabulary does not belong to source arithmetic.")]
    [InlineData("data.source=text", "data.source text needs the key 'data.path'.\n  expected a .jsonl or .txt file")]
    [InlineData("student.onPolicy={share: 2}", "student.onPolicy.share is '2'.\n  expected a number from 0 to 1.")]
    [InlineData("student.onPolicy={shares: 1}", "unknown key 'shares' in student.onPolicy.\n  known keys: share, schedule, warmUpSteps, source, replay, controls.\n  did you mean 'share'?")]
    [InlineData("student.onPolicy={source: me}", "student.onPolicy.source is 'me'.\n  expected one of: student, teacher.")]
    [InlineData("student.onPolicy={schedule: rising}", "student.onPolicy.schedule is 'rising'.\n  expected one of: constant, adaptive.")]
    [InlineData("student.onPolicy={replay: {size: 3}}", "unknown key 'size' in student.onPolicy.replay.\n  known keys: capacity, staleness, reuse.")]
    [InlineData("student.sampling={temperature: 1}", "student.sampling stands without student.onPolicy.")]
    [InlineData("student.watchdog={patience: 1}", "student.watchdog stands without student.onPolicy.")]
    [InlineData("labels={kind: live, draws: 3}", "labels.draws stands beside labels.kind live.")]
    [InlineData("labels={kind: sampled, draws: 0}", "labels.draws")]
    [InlineData("labels={kind: live, codec: topk-q8}", "labels.codec stands beside labels.kind live and data.source arithmetic.")]
    [InlineData("labels={kind: top-k, keep: 9, codec: topk-q9}", "topk-q8")]
    [InlineData("labels={kind: top-k}", "to keep all, write keep: 100%.")]
    [InlineData("labels={kind: live, answers: {temperature: 1}}", "labels.answers stands beside labels.kind live.")]
    public void WhatCannotBeRead(string change, string message) =>
        Assert.Contains(message, Texts.ErrorOf(() => RecipeReader.Read(Sums, "s.yaml", [change])), StringComparison.Ordinal);

    [Theory]
    [InlineData("teacher.tokenizer=own", "teacher.tokenizer is own beside a teacher that is trained here")]
    [InlineData(Apart + "|labels.kind=text", "teacher.tokenizer is own beside labels.kind text.")]
    [InlineData(Apart + "|student.model={kind: gpt, from: teacher, layers: 1}",
        "teacher.tokenizer is own beside student.model.from teacher.")]
    [InlineData(Apart + "|student.onPolicy={share: 1}", "teacher.tokenizer is own beside answers that the teacher writes.")]
    [InlineData(Apart,
        "objective 'soft-label' needs TopLogits or DenseLogits.\n  labels.kind 'live' offers Spans of a teacher with its own tokenizer.")]
    [InlineData("student.objective=[{name: span-kl}]", "objective 'span-kl' needs Spans.")]
    [InlineData("student.objective=[{name: mini-llm}]", "objective 'mini-llm' needs OwnAnswers.")]
    [InlineData(Own + "|student.onPolicy={share: 1, source: teacher}", "objective 'mini-llm' needs OwnAnswers.")]
    [InlineData(Own + "|student.onPolicy={share: 1, replay: {capacity: 9}}", "objective 'mini-llm' stands beside student.onPolicy.replay.")]
    [InlineData(Own + "|student.onPolicy={share: 1}|student.sampling={topP: 0.9}", "objective 'mini-llm' stands beside student.sampling")]
    public void WhatTwoTokenizersAndOwnAnswersAsk(string changes, string message) =>
        Assert.Contains(message, Texts.ErrorOf(() => Check(changes.Split('|'))), StringComparison.Ordinal);

    [Theory]
    [InlineData(Apart + "|student.objective=[{name: span-kl}, {name: sorted-probabilities}, {name: hard-label}]")]
    [InlineData(Own + "|student.onPolicy={share: 1}")]
    [InlineData("labels.kind=live|student.objective=[{name: contrastive-skew-kl}]|student.onPolicy={share: 1, replay: {capacity: 9}}")]
    public void WhatTheyAllow(string changes) => Check(changes.Split('|'));

    private const string Apart = "teacher={source: checkpoint, path: there, tokenizer: own}",
        Own = "labels.kind=live|student.objective=[{name: mini-llm}, {name: hard-label}]";
}
