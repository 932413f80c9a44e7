using System.Text.Json;
using Retort.Nn.Generation;
using Retort.Tensors;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Nn.Generation;

public sealed class SamplingTests(ITestOutputHelper output)
{
    /// <summary>Each processor of the file on each row, against transformers.</summary>
    [Fact]
    [Trait("Category", "Golden")]
    public void FiltersGiveTheGoldenLogits()
    {
        var path = Fixtures.Path("ops/sampling.json", out var absent);
        if (path is null) Assert.Skip(absent);
        using var file = Fixtures.Read(path);
        var logits = file.RootElement.GetProperty("logits").EnumerateArray().Select(Numbers).ToArray();
        int[][] before = [.. file.RootElement.GetProperty("input_ids").EnumerateArray()
            .Select(row => row.EnumerateArray().Select(token => token.GetInt32()).ToArray())];
        var report = new GoldenReport("ops/sampling.json");
        foreach (var processor in file.RootElement.GetProperty("processors").EnumerateArray())
        {
            var name = processor.GetProperty("name").GetString()!;
            var filter = Assert.Single(Named(name, processor.GetProperty("params")).Filters());
            for (var row = 0; row < logits.Length; row++)
            {
                float[] found = [.. logits[row].Select(value => (float)value)];
                filter.Apply(found, before[row]);
                var expected = Numbers(processor.GetProperty("output")[row]);
                Assert.Equal(expected.Select(double.IsNegativeInfinity), found.Select(float.IsNegativeInfinity));
                report.Compare($"{name}, row {row}", [.. expected.Where(double.IsFinite)],
                    [.. found.Where(float.IsFinite).Select(value => (double)value)], 1e-6, 1e-3);
            }
            report.Case();
        }
        output.WriteLine(report.Line);
        Assert.Empty(report.Failures);
    }

    [Theory]
    [InlineData("temperature", 0, "0.0001 or more; decode greedily for the likeliest token.")]
    [InlineData("temperature", 1e-40, "0.0001 or more; decode greedily for the likeliest token.")]
    [InlineData("topP", 0, "above 0, at most 1.")]
    [InlineData("repetitionPenalty", 1e-40, "from 0.01 to 100; 1 = none.")]
    [InlineData("repetitionPenalty", 101, "from 0.01 to 100; 1 = none.")]
    public void SettingsOutOfRangeAreRefused(string key, double value, string expected)
    {
        var sampling = key switch
        {
            "temperature" => new Sampling { Temperature = value },
            "topP" => new Sampling { TopP = value },
            _ => new Sampling { RepetitionPenalty = value },
        };
        var error = Assert.Throws<RetortException>(sampling.Filters);
        Assert.Equal(($"{key} is {value:R}.", expected), (error.What, error.Expected));
    }

    [Fact]
    public void NothingIsDoneByDefault() => Assert.Empty(new Sampling().Filters());

    /// <summary>Shares of many draws are the probabilities: 0.5, 0.3, 0.2, within four deviations.</summary>
    [Fact]
    public void DrawsFollowTheProbabilities()
    {
        const int Draws = 20_000;
        float[] logits = [MathF.Log(0.5f), float.NegativeInfinity, MathF.Log(0.3f), MathF.Log(0.2f)];
        var counts = new int[4];
        for (var i = 0UL; i < Draws; i++) counts[NextToken.Drawn(logits, new Seed(5).UniformDouble(i))]++;
        Assert.Equal(0, counts[1]);
        foreach (var (token, share) in new[] { (0, 0.5), (2, 0.3), (3, 0.2) })
            Assert.InRange(counts[token] / (double)Draws, share - 4 * Math.Sqrt(share * (1 - share) / Draws),
                share + 4 * Math.Sqrt(share * (1 - share) / Draws));
    }

    private static Sampling Named(string name, JsonElement given)
    {
        double Real(string key) => given.GetProperty(key).GetDouble();
        return name switch
        {
            "temperature" => new() { Temperature = Real("temperature") },
            "top_k" => new() { TopK = (int)Real("top_k") },
            "top_p" => new() { TopP = Real("top_p") },
            "min_p" => new() { MinP = Real("min_p") },
            "typical" => new() { TypicalMass = Real("mass") },
            "repetition_penalty" => new() { RepetitionPenalty = Real("penalty") },
            "no_repeat_ngram" => new() { NoRepeatedRun = (int)Real("ngram_size") },
            "epsilon" => new() { Floor = Real("epsilon") },
            _ => throw new InvalidOperationException($"a processor {name} that nothing here is"),
        };
    }

    private static double[] Numbers(JsonElement row) => [.. row.EnumerateArray().Select(value =>
        value.ValueKind == JsonValueKind.String ? double.NegativeInfinity : value.GetDouble())];
}
