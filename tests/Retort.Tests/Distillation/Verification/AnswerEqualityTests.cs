using System.Text.Json;
using Retort.Formats.Jsonl;
using Retort.Tests.Formats;
using Retort.Verification;
using Xunit;

namespace Retort.Tests.Distillation.Verification;

/// <summary>
/// Which answers say the same: against pairs judged by hand, and against what the makers of GSM8K said of four models' answers.
/// </summary>
public sealed class AnswerEqualityTests(ITestOutputHelper output)
{
    [Fact]
    public void PairsJudgedByHand()
    {
        using var file = new StreamReader(typeof(AnswerEqualityTests).Assembly.GetManifestResourceStream("answer-pairs.txt")!);
        var (pairs, wrong) = (0, new List<string>());
        while (file.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            var same = line.Contains("  ==  ", StringComparison.Ordinal);
            var sides = line.Split(same ? "  ==  " : "  !=  ");
            Assert.Equal(2, sides.Length);
            pairs++;
            if (AnswerEquality.AreEqual(sides[0], sides[1]) != same || AnswerEquality.AreEqual(sides[1], sides[0]) != same) wrong.Add(line);
        }
        Assert.True(pairs >= 300, $"{pairs} pairs");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {pairs}:\n" + string.Join('\n', wrong));
        output.WriteLine($"golden: answers, {pairs} pairs, all as judged by hand");
    }

    [Fact]
    public void SolutionsAreRightAsTheirMakersSaid()
    {
        var path = RealData.Files("gsm8k_model_solutions.jsonl.gz").SingleOrDefault();
        if (path is null) Assert.Skip("no gsm8k_model_solutions.jsonl.gz: set RETORT_DATA to a folder that holds it to have this test.");
        var (all, agreed) = (0, 0);
        foreach (var row in JsonlReader.Read(path))
        {
            var expected = FinalAnswer.In(row.Value.GetProperty("ground_truth").GetString()!)!;
            foreach (var model in (string[])["6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"])
            {
                var solution = row.Value.GetProperty(model);
                var answer = FinalAnswer.In(solution.GetProperty("solution").GetString()!);
                all++;
                var right = answer is not null && AnswerEquality.AreEqual(answer, expected);
                if (right == solution.GetProperty("is_correct").GetBoolean()) agreed++;
                else output.WriteLine($"{row.Location} {model}: '{answer}' against '{expected}', said to be {solution.GetProperty("is_correct")}");
            }
        }
        output.WriteLine(FormattableString.Invariant($"golden: gsm8k solutions, {all} answers, {100.0 * agreed / all:0.00} % judged as recorded"));
        Assert.True(agreed >= 0.99 * all, $"{agreed} of {all}");
    }

    /// <summary>The author's filter compared strings: what it kept has to be right here; what it left out may be right too.</summary>
    [Fact]
    public void TracesThatWereKeptAreRight()
    {
        var path = RealData.Files("math_gptoss120b_traces.jsonl.gz").SingleOrDefault();
        if (path is null) Assert.Skip("no math_gptoss120b_traces.jsonl.gz: set RETORT_DATA to a folder that holds it to have this test.");
        var (kept, right, saved, left) = (0, 0, 0, 0);
        foreach (var row in JsonlReader.Read(path))
        {
            if (row.Value.GetProperty("extracted_answer") is not { ValueKind: JsonValueKind.String } extracted) continue;
            var expected = row.Value.GetProperty("expected_answer").GetString()!;
            var same = AnswerEquality.AreEqual(extracted.GetString()!, expected);
            if (row.Value.GetProperty("kept_by_source_filter").GetBoolean())
            {
                kept++;
                if (same) right++;
                else output.WriteLine($"{row.Location}: '{extracted}' against '{expected}', kept");
            }
            else
            {
                left++;
                if (same) saved++;
            }
        }
        output.WriteLine($"golden: traces, {right} of {kept} that were kept are right; of {left} that were left out, {saved} are right too");
        Assert.True(right >= 0.99 * kept, $"{right} of {kept}");
    }

    /// <summary>Without the bounds each of these would be equal.</summary>
    [Theory]
    [InlineData("1", '(', ')', 70)]
    [InlineData("1", '-', ' ', 104)]
    public void WhatIsNestedTooDeepIsNotRead(string inside, char open, char close, int times)
    {
        string Nested(int count) => new string(open, count) + inside + new string(close, count);
        Assert.True(AnswerEquality.AreEqual(Nested(10), inside));
        Assert.False(AnswerEquality.AreEqual(Nested(times), inside));
    }

    /// <summary>Numbers that no memory holds are worked out as far as a double goes, and not further.</summary>
    [Theory]
    [InlineData("9^9^9^9^9^9")]
    [InlineData("400!!!!")]
    public void HugeNumbersAreOfNoValue(string answer) => Assert.False(AnswerEquality.AreEqual(answer, answer + "+1"));

    [Fact]
    public void LongAnswersEnd() => Assert.False(AnswerEquality.AreEqual(new string('(', 100_000), new string('{', 100_000)));
}
