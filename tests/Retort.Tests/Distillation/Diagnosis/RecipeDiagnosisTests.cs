using Retort.Diagnosis;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Distillation.Checkpoints;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Diagnosis;

public sealed class RecipeDiagnosisTests : IDisposable
{
    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void ATeacherThatIsThereIsLookedAt()
    {
        var findings = Diagnose(Rows(40, different: 40));
        Assert.DoesNotContain(findings, finding => finding.Severity == Severity.Error);
        Assert.Contains(findings, finding => finding.Check == "student = teacher");
        Assert.Equal("512 ids; 88 rows of the teacher are nobody's, and are cut off", Only(findings, "vocabulary rows").Found);
        Assert.StartsWith("none of 4 test texts", Only(findings, "leakage").Found, StringComparison.Ordinal);
        Assert.Contains("KL(p_teacher", Only(findings, "objective").Found, StringComparison.Ordinal);
        Assert.All(["time", "memory", "disk"], check => Only(findings, check));
    }

    [Fact]
    public void TestTextsThatWereTrainedOnAreCounted()
    {
        var findings = Diagnose(Rows(40, different: 2));
        Assert.Equal(Severity.Error, Only(findings, "data").Severity);
        Assert.Equal(Severity.Warning, Only(Diagnose(Rows(40, different: 2), "data.leaks=allow"), "data").Severity);
        var finding = Only(findings, "leakage");
        Assert.StartsWith("4 of 4 test texts are training texts, the first at ", finding.Found, StringComparison.Ordinal);
        Assert.Equal(Severity.Error, finding.Severity);
    }

    [Fact]
    public void ATeacherOfAnotherTokenizerIsAnError()
    {
        var other = LanguageModelTests.Written(_folder.At("other"));
        File.WriteAllText(Path.Combine(other, "generation_config.json"), """{"eos_token_id": 511}""");
        var path = Path.Combine(other, "tokenizer.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("<|end_of_text|>", "<|the_end|>", StringComparison.Ordinal));
        var finding = Only(Diagnose(Rows(40, different: 40), $"data.tokenizer={other}"), "tokenizer");
        Assert.Equal("1 of 512 ids are other tokens: 509 is '<|end_of_text|>' for the teacher, '<|the_end|>' for the student", finding.Found);
        Assert.Equal(Severity.Error, finding.Severity);
    }

    [Fact]
    public void RecipesOfNumbersAreForOthers()
    {
        var recipe = RecipeReader.Read(Catalog.ReadShipped("digits").Text, "digits.yaml");
        Assert.Contains("is of data.source digits", Assert.Throws<RetortException>(() => RecipeDiagnosis.Run(recipe, _folder.Path, _device)).Message,
            StringComparison.Ordinal);
    }

    private static Finding Only(IReadOnlyList<Finding> findings, string check) =>
        Assert.Single(findings, finding => finding.Check == check);

    private string Rows(int count, int different) => _folder.With("rows.jsonl",
        string.Concat(Enumerable.Range(0, count).Select(i => $"{{\"text\": \"row {i % different} says something\"}}\n")));

    private IReadOnlyList<Finding> Diagnose(string rows, params string[] overrides)
    {
        var teacher = LanguageModelTests.Written(_folder.At("teacher"));
        File.WriteAllText(Path.Combine(teacher, "generation_config.json"), """{"eos_token_id": 511}""");
        var recipe = RecipeReader.Read($$"""
            name: toy
            data: {source: text, path: "{{rows}}", contextLength: 64}
            teacher: {source: checkpoint, path: "{{teacher}}"}
            student: {model: {kind: gpt, width: 8, layers: 1, heads: 1} }

            """, "toy.yaml", overrides);
        RecipeCheck.Check(recipe, "toy.yaml");
        return RecipeDiagnosis.Run(recipe, _folder.Path, _device);
    }
}
