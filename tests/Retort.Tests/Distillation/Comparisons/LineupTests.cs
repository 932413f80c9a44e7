using Retort.Comparisons;
using Retort.Recipes;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Comparisons;

public sealed class LineupTests
{
    private static readonly Recipe Digits = RecipeReader.Read(Catalog.ReadShipped("digits").Text, "digits.yaml");

    [Fact]
    public void PlainDistillationAndControlsAlwaysTakePart()
    {
        var lineup = Of("dkd");
        Assert.Equal([Role.Plain, Role.Written, Role.Control, Role.Control, Role.Method], lineup.Select(one => one.Role));
        Assert.Equal("decoupled-knowledge", lineup[^1].Name);
        Assert.Equal(["soft-label", "hard-label"], lineup[0].Objective.Select(term => term.Name));
    }

    [Fact]
    public void TemperatureAndWeightsAreThoseOfPlainDistillation()
    {
        var terms = Of("decoupled-knowledge")[^1].Objective;
        Assert.Equal((0.75, 3.0), (terms[0].Weight.From, terms[0].Temperature.From));
        Assert.Equal(0.25, terms[1].Weight.From);
        Assert.Equal(7, Of("decoupled-knowledge:7")[^1].Objective[0].Weight.From);
    }

    /// <summary>At plain distillation's T nothing of the teacher may be left.</summary>
    [Fact]
    public void ATemperatureThatMustCoolDoes()
    {
        var temperature = Of("annealed-logits")[^1].Objective[0].Temperature;
        Assert.Equal(("linear", 7, 1), (temperature.Kind, temperature.From, temperature.To));
    }

    [Fact]
    public void AnObjectiveOnHiddenValuesStandsBesidePlainDistillation()
    {
        var terms = Of("similarity-preserving")[^1].Objective;
        Assert.Equal(["soft-label", "hard-label", "similarity-preserving"], terms.Select(term => term.Name));
        Assert.Equal([new FeaturePair("hidden.0", "pool")], terms[2].Features);
    }

    [Theory]
    [InlineData("dkd,decoupled-knowledge", "stands twice")]
    [InlineData("decoupled-knowlege", "did you mean 'decoupled-knowledge'")]
    [InlineData("dist:-1", "a number above 0")]
    [InlineData("attention-transfer", "the student has none")]
    [InlineData("attention-relations", "3 pairs of its own kind")]
    public void ABadNameIsASentence(string methods, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<RetortException>(() => Of(methods.Split(','))).Message, StringComparison.Ordinal);

    /// <summary>An ensemble or an ONNX file: its answers take part, its values nobody can choose but the recipe.</summary>
    [Fact]
    public void ATeacherThatIsNoneOfOurModelsHasNoValuesToChoose()
    {
        var lineup = new Lineup(Digits, null, new PlainSettings(3, 0.25));
        Assert.Contains("the teacher is none of our models", Assert.Throws<RetortException>(() => lineup.Of(["hint"])).Message,
            StringComparison.Ordinal);
        Assert.Contains("decoupled-knowledge", lineup.Of(["all"]).Select(one => one.Name));
        Assert.DoesNotContain("hint", lineup.Of(["all"]).Select(one => one.Name));
    }

    [Fact]
    public void AllIsWhateverFits()
    {
        var names = Of("all").Select(one => one.Name).ToList();
        Assert.Contains("decoupled-knowledge", names);
        Assert.Contains("relational-distance", names);
        Assert.DoesNotContain("attention-transfer", names); // an mlp has no maps
        Assert.DoesNotContain("attention-relations", names); // nor heads
        Assert.DoesNotContain("confidence-aware-teachers", names); // one teacher
        Assert.Single(names, "permuted-knowledge");
    }

    [Fact]
    public void MapsArePairedInOrder()
    {
        var net = new ModelRecipe { Kind = "conv-net", Channels = [8, 16] };
        Assert.Equal([new FeaturePair("blocks.0", "blocks.0"), new FeaturePair("blocks.1", "blocks.1")],
            TapPairs.Of(net, net, Catalog.Objective("attention-transfer", "")));
        Assert.Equal([new FeaturePair("blocks.1", "blocks.2")],
            TapPairs.Of(net, net with { Channels = [8, 16, 32] }, Catalog.Objective("attention-transfer", "")));
    }

    private static IReadOnlyList<Contender> Of(params string[] methods) =>
        new Lineup(Digits, Digits.Teacher.Members[0].Model!, new PlainSettings(3, 0.25)).Of(methods);
}
