using System.Text;
using Retort.Labels.Sequences;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Labels.Sequences;

public sealed class TextLabelsTests : IDisposable
{
    private static readonly TextLabelDescription made = new()
    {
        Teacher = "model, 2026-11-29", TeacherHash = "aa", DataHash = "bb", Generation = "temperature 0.7, 200 tokens",
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string File => _folder.At("answers.jsonl");

    [Fact]
    public void AnswersComeBackAndAreGivenOnce()
    {
        using (var answers = TextLabels.Open(_folder.Path, made))
        {
            answers.Append(ExampleKey.Of("q1"), "line\none \"π\"", toDisk: true);
            answers.Append(ExampleKey.Of("q2"), "");
        }
        using var again = TextLabels.Open(_folder.Path, made);
        Assert.Equal(2, again.Answers.Count);
        Assert.Equal("line\none \"π\"", again.Answers[ExampleKey.Of("q1")]);
        Assert.Equal("", again.Answers[ExampleKey.Of("q2")]);
        Assert.Throws<ArgumentException>(() => again.Append(ExampleKey.Of("q2"), "once more"));
    }

    [Fact]
    public void AnyPrefixLosesItsLastAnswersOnlyAndGoesOn()
    {
        using (var answers = TextLabels.Open(_folder.Path, made))
            for (var index = 0; index < 4; index++) answers.Append(ExampleKey.Of($"q{index}"), $"answer {index}");
        var bytes = System.IO.File.ReadAllBytes(File);
        for (var length = 0; length <= bytes.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, bytes[..length]);
            using (var answers = TextLabels.Open(_folder.Path, made))
            {
                // An answer is whole with its brace; the line feed behind it is put there.
                var whole = Encoding.UTF8.GetString(bytes[..length]).Split("\"}").Length - 1;
                Assert.Equal(Math.Max(0, whole - 1), answers.Answers.Count);
                for (var index = answers.Answers.Count; index < 4; index++) answers.Append(ExampleKey.Of($"q{index}"), $"answer {index}");
            }
            Assert.Equal(bytes, System.IO.File.ReadAllBytes(File));
        }
    }

    [Theory]
    [InlineData("teacher", "has teacher SHA-256 aa.\n  expected zz.\n  these are another teacher's answers: use that teacher, or delete the labels folder and label again.")]
    [InlineData("data", "has source data SHA-256 bb.\n  expected zz.\n  these are labels of other data: use those data, or delete the labels folder and label again.")]
    [InlineData("generation", "has generation settings temperature 0.7, 200 tokens.\n  expected greedy.\n  change them back, or delete the labels folder and label again.")]
    public void AnswersOfAnythingElseAreRefused(string field, string message)
    {
        TextLabels.Open(_folder.Path, made).Dispose();
        var expected = field switch
        {
            "teacher" => made with { TeacherHash = "zz" },
            "data" => made with { DataHash = "zz" },
            _ => made with { Generation = "greedy" },
        };
        Assert.Equal($"{File}:1  {message}", Assert.Throws<RetortException>(() => TextLabels.Open(_folder.Path, expected)).Message);
        if (field == "generation") return;
        var accepted = field == "teacher" ? new Retort.Labels.AcceptedLabels { Teacher = "aa" } : new() { Data = "bb" };
        using var answers = TextLabels.Open(_folder.Path, expected, accepted);
        Assert.Single(answers.Lifted);
    }

    [Theory]
    [InlineData("{\"key\": \"12\", \"text\": \"a\"}", "'12' is no key of an example.\n  expected 32 hexadecimal digits.")]
    [InlineData("{\"key\": \"zz345678901234567890123456789012\", \"text\": \"a\"}", "'zz345678901234567890123456789012' is no key")]
    [InlineData("{\"key\": \"12345678901234567890123456789012\"}", "is no answer.\n  expected {\"key\": \"…\", \"text\": \"…\"}.")]
    [InlineData("[]", "is no answer.")]
    [InlineData("{\"key\": \"12345678901234567890123456789012\", \"text\": \"a\"}\n{\"key\": \"12345678901234567890123456789012\", \"text\": \"b\"}",
        "answers the key 12345678901234567890123456789012 again.", 3)]
    public void ADamagedLineIsNamed(string lines, string message, int line = 2)
    {
        TextLabels.Open(_folder.Path, made).Dispose();
        System.IO.File.AppendAllText(File, lines + "\n");
        Assert.StartsWith($"{File}:{line}  {message}", Assert.ThrowsAny<RetortException>(() => TextLabels.Open(_folder.Path, made)).Message);
    }

    [Theory]
    [InlineData("{\"text\": \"a\"}")]
    [InlineData("[1]")]
    public void AFileOfSomethingElseIsRefused(string line)
    {
        System.IO.File.WriteAllText(File, line + "\n");
        Assert.StartsWith($"{File}:1  is no description of answers.",
            Assert.Throws<RetortException>(() => TextLabels.Open(_folder.Path, made)).Message);
    }
}
