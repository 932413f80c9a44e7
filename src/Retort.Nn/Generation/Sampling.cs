using Retort.Nn.Generation.Filters;
using Retort.Tensors;

namespace Retort.Nn.Generation;

/// <summary>What is done to the logits of the next token before one is drawn, in this order; the defaults leave them.</summary>
public sealed record Sampling
{
    /// <summary>Logits divided by less leave the range of float32.</summary>
    private const double LeastTemperature = 1e-4;

    /// <summary>Logits of tokens that stand in the text are divided by it, or multiplied where negative (Keskar et al. 2019).</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>No run of so many tokens may come twice; 0 = it may.</summary>
    public int NoRepeatedRun { get; init; }

    /// <summary>Logits are divided by it. Not that of a loss.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Only the likeliest so many; 0 = all.</summary>
    public int TopK { get; init; }

    /// <summary>Only the likeliest that have this much probability together (Holtzman et al. 2020).</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Only those with this share of the likeliest one's probability (Nguyen et al. 2024).</summary>
    public double MinP { get; init; }

    /// <summary>Only those whose surprise is nearest to the mean one, with this much probability (Meister et al. 2023).</summary>
    public double TypicalMass { get; init; } = 1;

    /// <summary>Only those with at least this probability (Hewitt et al. 2022).</summary>
    public double Floor { get; init; }

    /// <summary>The filters that do something.</summary>
    /// <exception cref="RetortException">A setting is out of range.</exception>
    public IReadOnlyList<ILogitFilter> Filters()
    {
        Check(RepetitionPenalty is >= 0.01 and <= 100, "repetitionPenalty", RepetitionPenalty, "from 0.01 to 100; 1 = none");
        Check(NoRepeatedRun >= 0, "noRepeatedRun", NoRepeatedRun, "0 or more");
        Check(Temperature >= LeastTemperature && double.IsFinite(Temperature), "temperature", Temperature,
            $"{LeastTemperature} or more; decode greedily for the likeliest token");
        Check(TopK >= 0, "topK", TopK, "0 or more");
        Check(TopP is > 0 and <= 1, "topP", TopP, "above 0, at most 1");
        Check(MinP is >= 0 and <= 1, "minP", MinP, "from 0 to 1");
        Check(TypicalMass is > 0 and <= 1, "typicalMass", TypicalMass, "above 0, at most 1");
        Check(Floor is >= 0 and < 1, "floor", Floor, "from 0, below 1");
        var filters = new List<ILogitFilter>();
        if (RepetitionPenalty != 1) filters.Add(new RepetitionFilter(RepetitionPenalty));
        if (NoRepeatedRun > 0) filters.Add(new RepeatedRunFilter(NoRepeatedRun));
        if (Temperature != 1) filters.Add(new TemperatureFilter(Temperature));
        if (TopK > 0) filters.Add(new TopKFilter(TopK));
        if (TopP < 1) filters.Add(new TopPFilter(TopP));
        if (MinP > 0) filters.Add(new MinPFilter(MinP));
        if (TypicalMass < 1) filters.Add(new TypicalFilter(TypicalMass));
        if (Floor > 0) filters.Add(new FloorFilter(Floor));
        return filters;
    }

    private static void Check(bool holds, string key, double value, string expected)
    {
        if (!holds) throw new RetortException("sampling", $"{key} is {value:R}.", $"{expected}.");
    }
}
