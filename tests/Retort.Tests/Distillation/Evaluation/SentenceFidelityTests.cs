using System.Text.Json;
using Retort.Evaluation;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation;

public sealed class SentenceFidelityTests
{
    /// <summary>Directions in the plane, in degrees.</summary>
    private static SentenceVectors Plane(params double[] angles) => new([.. angles.SelectMany(angle =>
        (float[])[(float)Math.Cos(angle * Math.PI / 180), (float)Math.Sin(angle * Math.PI / 180)])], angles.Length);

    [Fact]
    public void WhoHasTheSameOrderIsFaithful()
    {
        var teacher = Plane(0, 10, 25, 60, 100);
        var found = SentenceFidelity.Of(teacher, Plane(0, 1, 2.5, 6, 10), new Seed(3))!; // nearer together, in the same order
        Assert.Equal((5, SentenceFidelity.UsualPairs, 1.0), (found.Texts, found.Pairs, found.RecallAt1));
        Assert.Equal(1, found.Spearman!.Value, 1e-6);
    }

    /// <summary>Three texts, three distances: the teacher's 10 &lt; 20 &lt; 30, the model's 10 → 20, 20 → 10, 30 → 30.</summary>
    [Fact]
    public void ByHand()
    {
        var (teacher, model) = (Plane(0, 10, 30), Plane(0, 20, 30));
        var found = SentenceFidelity.Of(teacher, model, new Seed(3))!;
        Assert.Equal(2 / 3.0, found.RecallAt1); // nearest to 0, 1, 2: the teacher's 1, 0, 1, the model's 1, 2, 1
        Assert.Equal(0.5, found.Spearman!.Value, 0.02); // of the three ranks; pairs are drawn, so nearly
    }

    [Fact]
    public void OfNothingToOrderThereIsNoFigure()
    {
        Assert.Null(SentenceFidelity.Of(Plane(0, 10), Plane(0, 10), new Seed(3)));
        var same = SentenceFidelity.Of(Plane(0, 10, 30), new([1, 1, 1], 3), new Seed(3))!;
        Assert.Null(same.Spearman);
        Assert.Throws<RetortException>(() => SentenceFidelity.Of(Plane(0, 10, 30), Plane(0, 10), new Seed(3)));
    }

    /// <summary>In eval.json for who was compared, and for nobody else.</summary>
    [Fact]
    public void ItStandsWhereItWasMeasured()
    {
        var input = Cases.Hundred(teacher: 95, student: 90, baseline: 70) with
        {
            StudentSentences = new SentenceFidelity(20, 30, 0.75, 0.5), BaselineSentences = new SentenceFidelity(20, 30, null, 0.25),
        };
        using var json = JsonDocument.Parse(EvaluationJson.Write(Evaluator.Evaluate(input)));
        var test = json.RootElement.GetProperty("test");
        Assert.Equal("""{"texts":20,"pairs":30,"spearman":0.75,"recallAt1":0.5}""", Compact(test.GetProperty("student")));
        Assert.Equal("""{"texts":20,"pairs":30,"recallAt1":0.25}""", Compact(test.GetProperty("baseline")));
        Assert.False(test.GetProperty("teacher").TryGetProperty("sentences", out _));

        static string Compact(JsonElement model) => JsonSerializer.Serialize(model.GetProperty("sentences"));
    }
}
