using Retort.Tensors;
using Retort.Terms;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Terms;

/// <summary>What makers of teachers allow, and who is told that they do not.</summary>
public sealed class TermsGateTests
{
    [Theory]
    [InlineData("allow", "apache-2.0")]
    [InlineData("allow", "", "MIT")]
    [InlineData("allow", "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", "unheard of")]
    [InlineData("conditions", "meta-llama/Llama-3.2-1B")]
    [InlineData("unknown", "my-company/model", "of our own")]
    public void Passed(string verdict, params string[] names)
    {
        var stamp = Check(names);
        Assert.Equal(verdict, stamp.Verdict);
        Assert.Contains("Use: internal.", stamp.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpt-4o-mini", "internal", "generator", "OpenAI: the student is a generator, and they allow a classifier.")]
    [InlineData("api.openai.com", "sold", "classifier", "OpenAI: teacher.use is sold, and they allow internal.")]
    [InlineData("claude-opus-4", "internal", "classifier", "Anthropic: its terms ask for a permission. Commercial terms D.4")]
    [InlineData("cc-by-nc-4.0", "distributed", "classifier", "teacher.use is distributed, and they allow internal.")]
    public void RefusedWithItsClause(string name, string use, string student, string error)
    {
        var refusal = Assert.Throws<RetortException>(() => Check([name], use, student));
        Assert.Contains(error, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("read 2026-11-22", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("teacher.permission", refusal.Message, StringComparison.Ordinal);
        var allowed = TermsGate.Check(Shipped, [name], use, student, "their letter of 1 May", "teacher");
        Assert.Contains("Permission: their letter of 1 May", allowed.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void AnOwnFileGoesFirst()
    {
        using var folder = new TemporaryFolder();
        folder.With(TeacherPolicies.FileName, """
            {"policies": [
              {"teacher": "us", "match": ["gpt-4o*"], "verdict": "allow", "clause": "Contract 7.", "url": "", "read": "2026-11-01"},
              {"teacher": "them", "match": ["qwen*"], "verdict": "deny", "clause": "Never.", "url": "", "read": "2026-11-01"}]}
            """);
        var own = TeacherPolicies.Read(folder.Path);
        Assert.Equal("Contract 7.", TermsGate.Check(own, ["gpt-4o"], "sold", "generator", "", "teacher").Clause);
        var denied = Assert.Throws<RetortException>(() => TermsGate.Check(own, ["qwen3"], "internal", "classifier", "a note", "teacher"));
        Assert.Contains("them: its terms do not allow it. Never.", denied.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "is no list of policies")]
    [InlineData("{\"policies\": [{\"teacher\": \"a\", \"match\": [\"b\"], \"verdict\": \"maybe\", \"clause\": \"c\", \"url\": \"\", \"read\": \"d\"}]}", "says 'maybe' of a.")]
    [InlineData("{\"policies\": [{\"teacher\": \"a\", \"match\": [], \"verdict\": \"ask\", \"clause\": \"c\", \"url\": \"\", \"read\": \"d\"}]}", "without match, clause or read")]
    public void ABadFileIsNamed(string text, string error)
    {
        using var folder = new TemporaryFolder();
        folder.With(TeacherPolicies.FileName, text);
        Assert.Contains(error, Assert.Throws<RetortException>(() => TeacherPolicies.Read(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static TeacherPolicies Shipped => TeacherPolicies.Read(Path.GetTempPath());

    private static TermsStamp Check(IReadOnlyList<string> names, string use = "internal", string student = "generator") =>
        TermsGate.Check(Shipped, names, use, student, "", "teacher");
}
