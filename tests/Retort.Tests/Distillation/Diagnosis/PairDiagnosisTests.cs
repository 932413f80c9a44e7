using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Diagnosis;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Retort.Tests.Distillation.Checkpoints;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Diagnosis;

/// <summary>Two models of random numbers, alike or with one thing that is not.</summary>
public sealed class PairDiagnosisTests : IDisposable
{
    private static readonly TextRow[] rows =
    [
        new("rows:1") { Messages = [("user", "Hello"), ("assistant", "Hi there")] },
        new("rows:2") { Prompt = "2+2=", Completion = "4" },
        new("rows:3") { Text = "A text of its own." },
    ];

    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void TwinsHaveNoErrors()
    {
        var findings = Diagnose(Model("teacher"), Model("student"));
        Assert.DoesNotContain(findings, finding => finding.Severity == Severity.Error);
        Assert.Equal("512 ids, the same tokens on both sides", Only(findings, "tokenizer").Found);
        Assert.Equal("512 ids; 88 rows of the teacher are nobody's, and are cut off; 88 rows of the student are nobody's, and are masked to −∞",
            Only(findings, "vocabulary rows").Found);
        Assert.Equal("508 '<|begin_of_text|>' in front of a text, nothing behind it", Only(findings, "first token").Found);
        Assert.Equal("511 '<|eot_id|>'", Only(findings, "end of an answer").Found);
        Assert.Equal("1 conversations of the rows are written alike", Only(findings, "chat template").Found);
        Assert.StartsWith("3 rows become the same ", Only(findings, "token streams").Found, StringComparison.Ordinal);
        Assert.Contains("loss 0.0, as it must be", Only(findings, "student = teacher").Found, StringComparison.Ordinal);
        Assert.Contains("KL(teacher‖student) is 0.0 nats", Only(findings, "distance").Found, StringComparison.Ordinal);
        Assert.Equal(Severity.Warning, Only(findings, "worth it").Severity); // a twin is no better
        Assert.Equal("3 rows can be learnt from", Only(findings, "rows").Found);
    }

    /// <summary>What an assistant says is learnt, with what ends it; what stands before it is read.</summary>
    [Fact]
    public void TheMaskShowsWhatIsLearnt()
    {
        var masks = Diagnose(Model("teacher"), Model("student")).Where(finding => finding.Check == "label mask").ToList();
        Assert.Equal(3, masks.Count);
        Assert.Equal([false, true], masks[0].Mask.Select(piece => piece.Learnt));
        Assert.Equal("Hi there<|eot_id|>", masks[0].Mask[1].Text);
        Assert.EndsWith("assistant\n\n", masks[0].Mask[0].Text, StringComparison.Ordinal);
        Assert.Equal("4<|eot_id|>", masks[1].Mask[1].Text);
        Assert.Equal([("<|begin_of_text|>", false), ("A text of its own.<|eot_id|>", true)], masks[2].Mask);
    }

    /// <summary>Weights of random numbers know nothing: their answers are flat.</summary>
    [Fact]
    public void AFlatAnswerLosesMass()
    {
        var mass = Only(Diagnose(Model("teacher"), Model("student")), "truncation");
        Assert.Equal(Severity.Warning, mass.Severity);
        var kept = double.Parse(mass.Found[(mass.Found.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(kept, 64 / 512.0, 0.3);
    }

    [Theory]
    [InlineData("tokenizer", "ids are other tokens", "tokenizer.json", null, null)]
    [InlineData("chat template", "conversation 1 is written differently: from character", "tokenizer_config.json", "'<|start_header_id|>' + m", "'<|start_header_id|> ' + m")]
    [InlineData("chat template", "only the teacher has one", "tokenizer_config.json", "\"chat_template\"", "\"other_template\"")]
    [InlineData("chat template", "the student refuses it: the template refuses these messages: no", "tokenizer_config.json", "{{- bos_token }}", "{{ raise_exception('no') }}")]
    [InlineData("first token", "teacher: 508 '<|begin_of_text|>' in front", "tokenizer.json", "\"ids\": [\n              508\n", "\"ids\": [\n              509\n")]
    [InlineData("token streams", "rows:2 parts at token 1: 508 '<|begin_of_text|>' for the teacher, 509", "tokenizer.json", "\"ids\": [\n              508\n", "\"ids\": [\n              509\n")]
    [InlineData("token streams", "rows:1 is refused by the student only", "tokenizer_config.json", "'<|start_header_id|>' + m", "'<|start_header_id|> ' + m")]
    [InlineData("end of an answer", "teacher: 511 '<|eot_id|>'; student: 509 '<|end_of_text|>'", "generation_config.json", "511", "509")]
    public void WhatIsNotAlikeIsSaid(string check, string found, string file, string? from, string? to)
    {
        var student = Model("student");
        var path = Path.Combine(student, file);
        if (from is null) File.Copy(Fixtures.Path("tokenizers/gpt2_bpe/tokenizer.json", out _)!, path, overwrite: true);
        else
        {
            var text = File.ReadAllText(path);
            var changed = text.Replace(from, to, StringComparison.Ordinal);
            Assert.NotEqual(text, changed);
            File.WriteAllText(path, changed);
        }
        var finding = Only(Diagnose(Model("teacher"), student), check);
        Assert.NotEqual(Severity.Ok, finding.Severity);
        Assert.Contains(found, finding.Found, StringComparison.Ordinal);
        Assert.NotEmpty(finding.Remedy);
    }

    [Fact]
    public void TextsThatAreTooLongAreCountedAndNotCut()
    {
        var findings = Diagnose(Model("teacher"), Model("student"), [.. rows, new("rows:4") { Text = string.Concat(Enumerable.Repeat("x y ", 200)) }]);
        var length = Only(findings, "length");
        Assert.StartsWith("1 of 4 texts are longer than 128 tokens; the longest has ", length.Found, StringComparison.Ordinal);
        Assert.Equal(Severity.Error, length.Severity);
    }

    [Fact]
    public void ARowThatNothingCanBeLearntFromIsNamed()
    {
        var finding = Only(Diagnose(Model("teacher"), Model("student"), [.. rows, new("rows:4") { Messages = [("user", "alone")] }]), "rows");
        Assert.StartsWith("1 of 4 rows cannot be learnt from, the first at rows:4", finding.Found, StringComparison.Ordinal);
        Assert.Equal(Severity.Error, finding.Severity);
    }

    private static Finding Only(IReadOnlyList<Finding> findings, string check) =>
        Assert.Single(findings, finding => finding.Check == check);

    private IReadOnlyList<Finding> Diagnose(string teacher, string student, IReadOnlyList<TextRow>? texts = null)
    {
        using var its = LanguageModel.Open(teacher, _device);
        using var own = LanguageModel.Open(student, _device);
        return PairDiagnosis.Run(its, own, texts ?? rows, _device, TimeProvider.System);
    }

    private string Model(string name)
    {
        var folder = LanguageModelTests.Written(_folder.At(name));
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), """{"eos_token_id": 511}""");
        return folder;
    }
}
