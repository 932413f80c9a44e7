using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Retort.Data.Traces;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Data.Traces;

/// <summary>Rows of traces in the forms that files have.</summary>
public sealed class TraceRowTests
{
    [Theory]
    [InlineData("""{"prompt": "2+2", "expected": "4", "answers": ["it is #### 4", "<answer>5</answer>"]}""", "4", 2)]
    [InlineData("""{"problem": "2+2", "reasoning_trace": "a</think> <answer>4</answer>", "expected_answer": "4"}""", "4", 1)]
    [InlineData("""{"prompt": "2+2", "response": "a</think> <answer>4</answer>", "ground_truth": "4"}""", "4", 1)]
    [InlineData("""{"question": "2+2", "answer": "2+2 is 4\n#### 4"}""", "4", 1)]
    [InlineData("""{"question": "2+2", "answer": "4"}""", "4", 0)]
    [InlineData("""{"prompt": "2+2", "expected": "4", "teachers": {"a": "4", "b": {"thought": "2 and 2", "answer": "4"}, "c": ""}}""", "4", 2)]
    public void Forms(string line, string expected, int written)
    {
        using var folder = new TemporaryFolder();
        var row = Assert.Single(TraceRow.Read(folder.With("rows.jsonl", line + "\n")));
        Assert.Equal("2+2", row.Prompt);
        Assert.Equal(expected, row.Expected);
        Assert.Equal(written, row.Written.Count);
        Assert.False(row.OfTest);
    }

    [Theory]
    [InlineData("""{"text": "4"}""", "has no text under prompt, problem, question.")]
    [InlineData("""{"prompt": "2+2"}""", "has no text under expected, expected_answer, ground_truth or answer.")]
    [InlineData("""{"prompt": "2+2", "expected": "4", "answers": [4]}""", "has answers that are no list of texts.")]
    [InlineData("[4]", "is no JSON object.")]
    [InlineData("""{"prompt": "2+2", "expected": "4", "teachers": ["4"]}""", "has teachers that are no object of names and texts.")]
    [InlineData("""{"prompt": "2+2", "expected": "4", "teachers": {"a": {"said": "4"}}}""", "has no answer of teacher 'a'.")]
    public void WhatIsNoRowIsNamedByLine(string line, string what)
    {
        using var folder = new TemporaryFolder();
        var path = folder.With("rows.jsonl", "{\"question\": \"1+1\", \"answer\": \"2\"}\n" + line + "\n");
        var error = Assert.Throws<RetortException>(() => TraceRow.Read(path).ToList());
        Assert.Contains(path + ":2", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void StepByStepArchive()
    {
        using var folder = new TemporaryFolder();
        const string Question = """{"question": "Where do hens live?", "choices": ["sea", "barn"], "answer": "barn"}""";
        var path = Archive(folder.At("cqa.tar.gz"), ("cqa/cqa_train.json", Question + "\n" + Question + "\n"), ("cqa/cqa_test.json", Question + "\n"),
            ("cqa/llm/train_CoT_0.json", """["Hens are on farms. So the answer is (b) barn.\n\nQ: And fish?\nA: So the answer is (a) sea."]"""),
            ("cqa/llm/train_CoT_1.json", """["So the answer is (b)."]"""), ("cqa/llm/test_CoT_0.json", """["Boats. So the answer is (a) sea."]"""));
        var rows = TraceRow.Read(path).ToList();
        Assert.Equal([false, false, true], rows.Select(row => row.OfTest));
        Assert.Equal("Where do hens live?\n(a) sea\n(b) barn", rows[0].Prompt);
        Assert.All(rows, row => Assert.Equal("(b) barn", row.Expected));
        Assert.Equal(new Trace("Hens are on farms.", "(b) barn"), Trace.Of(rows[0].Written[0].Text));
        Assert.Equal("(a) sea", Trace.Of(rows[2].Written[0].Text)!.Said);
    }

    [Fact]
    public void AnArchiveWhoseListsDoNotFitIsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = Archive(folder.At("anli.tar.gz"), ("anli1/anli1_valid.json", """{"premise": "a", "hypothesis": "b", "label": 1}""" + "\n"),
            ("anli1/llm/valid_CoT_0.json", "[]"));
        var error = Assert.Throws<RetortException>(() => TraceRow.Read(path).ToList());
        Assert.Contains("has 1 questions in part valid, and 0 texts of the teacher.", error.Message, StringComparison.Ordinal);
    }

    private static string Archive(string path, params (string Name, string Text)[] files)
    {
        using var file = File.Create(path);
        using var zipped = new GZipStream(file, CompressionLevel.Fastest);
        using var archive = new TarWriter(zipped);
        foreach (var (name, text) in files)
            archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
            });
        return path;
    }
}
