using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Recipes;
using Retort.Sources;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Operations;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

public sealed class SpanTeacherTests : IDisposable
{
    private static readonly TextTokenizer Letters = TextTokenizer.OfCharacters("abcn +"),
        Pairs = TextTokenizer.Trained(["banana banana banana", "a + banana"], 262);

    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    private static TextDocument Document(TextTokenizer tokenizer, string prompt, string answer)
    {
        int[] first = tokenizer.Plain(prompt), tokens = [.. first, .. tokenizer.Plain(answer), tokenizer.End];
        return new TextDocument("row 1", tokens, [.. tokens.Select((_, i) => i >= first.Length)]);
    }

    private static TextData Data(TextTokenizer tokenizer, params (string Prompt, string Answer)[] rows)
    {
        var part = new TextPart([.. rows.Select(row => Document(tokenizer, row.Prompt, row.Answer))], []);
        return new TextData(part, part, part, tokenizer, 32);
    }

    private string Model(TextTokenizer tokenizer, int positions)
    {
        var config = LanguageBuilder.ConfigOf(new ModelRecipe { Kind = "gpt", Width = 8, Layers = 1, Heads = 2, Positions = positions },
            Data(tokenizer, ("a", "b")));
        using var checkpoint = new LanguageCheckpoint(LanguageCheckpoint.Create(config), config, null);
        checkpoint.Model.Build(_device, new Seed(3));
        var folder = _folder.At($"model{positions}");
        tokenizer.WriteTo(folder);
        checkpoint.Save(folder);
        return folder;
    }

    /// <summary>
    /// Each span's rows are those of its tokens, in whatever order the texts were packed; what the teacher says there is what it says when
    /// it reads the text alone.
    /// </summary>
    [Fact]
    public void RowsAreThoseOfTheSpans()
    {
        var data = Data(Letters, ("a + ", "banana"), ("bc", "a"), ("banana", " + banana + a"), ("cc", "banana"));
        var folder = Model(Pairs, 32);
        using var teacher = SpanTeacher.Open(folder, data, _device);
        using var step = new Step(_device);
        step.Begin(training: true);
        var spans = teacher.Answer(step, data.Train.Documents);
        int[] own = [.. data.Train.Documents.SelectMany(one => one.Answer)];
        foreach (var span in spans.Spans)
            Assert.Equal(Letters.Tokenizer.Decode(own[span.StudentStart..span.StudentEnd]),
                Pairs.Tokenizer.Decode(spans.Tokens[span.TeacherStart..span.TeacherEnd]));
        Assert.Equal(own.Length, spans.Spans.Sum(span => span.StudentEnd - span.StudentStart));
        Assert.Contains("100.0 % of the student's tokens lie in spans", teacher.Agreement, StringComparison.Ordinal);

        var hidden = _device.ToFloats(spans.Head.Hidden);
        var first = 0;
        foreach (var document in data.Train.Documents)
        {
            step.Begin(training: true);
            var alone = teacher.Answer(step, [document]);
            var values = _device.ToFloats(alone.Head.Hidden);
            var place = spans.Spans.First(span => span.StudentStart == first).TeacherStart;
            for (var i = 0; i < values.Length; i++) Assert.Equal(values[i], hidden[8 * place + i], 1e-5);
            first += document.Targets;
        }
    }

    [Fact]
    public void ATextThatItCannotReadWholeIsRefused() => Assert.Contains("row 1  is 9 tokens for the teacher",
        Assert.Throws<RetortException>(() => SpanTeacher.Open(Model(Letters, 8), Data(Pairs, ("a", "bananab")), _device)).Message,
        StringComparison.Ordinal);

    /// <summary>Letters of which the teacher has none.</summary>
    [Fact]
    public void TextsThatItHasNoTokensForAreRefused() => Assert.Contains("none of the 1 training texts is the same text in its tokens",
        Assert.Throws<RetortException>(() => SpanTeacher.Open(Model(Letters, 32), Data(Pairs, ("xyz", "wxy")), _device)).Message,
        StringComparison.Ordinal);
}
