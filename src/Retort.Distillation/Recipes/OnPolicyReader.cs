using Retort.Recipes.Yaml;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What a student's recipe says about answers that are written while it learns.</summary>
internal static class OnPolicyReader
{
    /// <param name="student">The student's section.</param>
    /// <returns>Three nulls where nothing is answered.</returns>
    /// <exception cref="RetortException">sampling or watchdog stands alone, or a value is out of range.</exception>
    public static (OnPolicyRecipe? OnPolicy, SamplingRecipe? Sampling, WatchdogRecipe? Watchdog) Read(Section student)
    {
        if (student.Entry("onPolicy") is { } entry)
            return (OnPolicy(Section.Of<OnPolicyRecipe>(entry, "student.onPolicy")), Sampling(student.Entry("sampling")),
                Watchdog(student.Entry("watchdog")));
        foreach (var key in (string[])["sampling", "watchdog"])
            if (student.Has(key))
                throw new RetortException(student.At(key), $"student.{key} stands without student.onPolicy.",
                    "answers that are written while the student learns.", "write onPolicy: {share: 0.5}, or remove the key.");
        return default;
    }

    private static OnPolicyRecipe OnPolicy(Section section)
    {
        var usual = new OnPolicyRecipe();
        return new OnPolicyRecipe
        {
            Share = section.Has("share") ? StudentReader.Schedule(section, "share", new NumberRange(0, 1)) : usual.Share,
            Schedule = section.Choice("schedule", usual.Schedule, Catalog.ShareSchedules.Names()),
            WarmUpSteps = section.Integer("warmUpSteps", usual.WarmUpSteps, 0, 1_000_000_000),
            Source = section.Choice("source", usual.Source, Catalog.AnswerSources.Names()),
            Replay = section.Entry("replay") is { } replay
                ? Replay(Section.Of<ReplayRecipe>(replay, "student.onPolicy.replay"))
                : null,
            Controls = section.Flag("controls", usual.Controls),
        };
    }

    private static ReplayRecipe Replay(Section section)
    {
        var usual = new ReplayRecipe();
        return new ReplayRecipe
        {
            Capacity = section.Integer("capacity", usual.Capacity, 1, 10_000_000),
            Staleness = section.Integer("staleness", usual.Staleness, 1, 1_000_000_000),
            Reuse = section.Number("reuse", usual.Reuse, new NumberRange(0, 1)),
        };
    }

    private static SamplingRecipe Sampling(YamlEntry? entry)
    {
        var usual = new SamplingRecipe();
        if (entry is null) return usual;
        var section = Section.Of<SamplingRecipe>(entry, "student.sampling");
        return new SamplingRecipe
        {
            Temperature = section.Number("temperature", usual.Temperature, new NumberRange(0, 1000)),
            TopP = section.Number("topP", usual.TopP, NumberRange.Positive(1)),
            TopK = section.Integer("topK", usual.TopK, 0, 1 << 24),
            MaxNewTokens = section.Integer("maxNewTokens", usual.MaxNewTokens, 0, 1 << 24),
        };
    }

    private static WatchdogRecipe Watchdog(YamlEntry? entry)
    {
        var usual = new WatchdogRecipe();
        if (entry is null) return usual;
        var section = Section.Of<WatchdogRecipe>(entry, "student.watchdog");
        return new WatchdogRecipe
        {
            AnswerLength = section.Number("answerLength", usual.AnswerLength, new NumberRange(0, 1e6)),
            Repetition = section.Number("repetition", usual.Repetition, new NumberRange(0, 1)),
            EntropyFall = section.Number("entropyFall", usual.EntropyFall, new NumberRange(0, 100)),
            OutsideMass = section.Number("outsideMass", usual.OutsideMass, new NumberRange(0, 1)),
            After = section.Number("after", usual.After, NumberRange.BelowOne),
            Patience = section.Integer("patience", usual.Patience, 1, 1_000_000),
        };
    }
}
