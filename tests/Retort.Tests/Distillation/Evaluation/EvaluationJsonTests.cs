using System.Text.Json;
using Retort.Evaluation;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation;

public sealed class EvaluationJsonTests
{
    private static readonly EvaluationInput input = Cases.Hundred(teacher: 95, student: 90, baseline: 70);

    [Fact]
    public void The_shape_is_exact()
    {
        using var json = JsonDocument.Parse(EvaluationJson.Write(Evaluator.Evaluate(input)));
        var test = json.RootElement.GetProperty("test");
        Assert.Equal("test verdict", Keys(json.RootElement));
        Assert.Equal("examples teacher student baseline perClass", Keys(test));
        Assert.Equal(100, test.GetProperty("examples").GetInt32());
        Assert.Equal("name accuracy loss ece brier parameters bytes", Keys(test.GetProperty("teacher")));
        Assert.Equal("name accuracy loss ece brier agreement klFromTeacher top1Kept flips parameters bytes latencyMs examplesPerSecond",
            Keys(test.GetProperty("student")));
        Assert.Equal("name accuracy loss ece brier agreement klFromTeacher top1Kept flips parameters bytes",
            Keys(test.GetProperty("baseline")));
        Assert.Equal("p50 p90 p95 p99", Keys(test.GetProperty("student").GetProperty("latencyMs")));
        Assert.Equal("name examples teacher student baseline", Keys(test.GetProperty("perClass")[0]));
        Assert.Equal("teacherRightStudentWrong teacherWrongStudentRight bothWrongSameClass",
            Keys(test.GetProperty("student").GetProperty("flips")));
        var verdict = json.RootElement.GetProperty("verdict");
        Assert.Equal("kept keptCi95 gainOverBaseline gainCi95 gapClosed margin mcnemarMidP outcome text", Keys(verdict));
        Assert.Equal(2, verdict.GetProperty("keptCi95").GetArrayLength());
        Assert.Equal("better", verdict.GetProperty("outcome").GetString());
        Assert.Equal(0.9 / 0.95, verdict.GetProperty("kept").GetDouble());
    }

    [Fact]
    public void What_was_not_measured_is_absent()
    {
        var none = Evaluator.Evaluate(Cases.Hundred(teacher: 0, student: 90, baseline: 70));
        using var json = JsonDocument.Parse(EvaluationJson.Write(none));
        Assert.False(json.RootElement.GetProperty("verdict").TryGetProperty("kept", out _));
        Assert.False(json.RootElement.GetProperty("verdict").TryGetProperty("keptCi95", out _));
        Assert.False(json.RootElement.GetProperty("test").GetProperty("student").TryGetProperty("top1Kept", out _));
        Assert.False(json.RootElement.GetProperty("test").GetProperty("student").TryGetProperty("joulesPerThousand", out _));
    }

    [Fact]
    public void Options_add_their_keys()
    {
        var full = input with
        {
            Slice = new int[100],
            SliceNames = ["all", "none"],
            Notes = new Dictionary<string, string> { ["z"] = "1", ["a"] = "2" },
            Validation = new CalibrationSet(input.Teacher, input.Student, input.Baseline, input.Labels),
        };
        using var json = JsonDocument.Parse(EvaluationJson.Write(Evaluator.Evaluate(full)));
        Assert.Equal("a z", Keys(json.RootElement.GetProperty("notes")));
        var slices = json.RootElement.GetProperty("test").GetProperty("perSlice");
        Assert.Equal(0.9, slices[0].GetProperty("student").GetDouble());
        Assert.Equal("name examples", Keys(slices[1]));
        Assert.True(json.RootElement.GetProperty("test").GetProperty("student").TryGetProperty("bestTemperature", out _));
    }

    [Fact]
    public void The_bytes_are_the_same_twice()
        => Assert.Equal(EvaluationJson.Write(Evaluator.Evaluate(input)), EvaluationJson.Write(Evaluator.Evaluate(input)));

    private static string Keys(JsonElement element) => string.Join(' ', element.EnumerateObject().Select(property => property.Name));
}
