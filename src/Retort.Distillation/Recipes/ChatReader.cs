using Retort.Recipes.Yaml;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>Whom to ask, and what it may cost.</summary>
internal static class ChatReader
{
    public const string Form = "expected chat: {endpoint: http://127.0.0.1:8080/v1, model: NAME}.";

    /// <param name="entry">The group.</param>
    /// <param name="path">Its name in errors.</param>
    /// <param name="data">What is asked about; null = texts that somebody wrote already.</param>
    public static ChatRecipe Read(YamlEntry entry, string path, DataRecipe? data)
    {
        var section = Section.Of<ChatRecipe>(entry, path);
        var classes = data is { IsTextClasses: true };
        var usual = new ChatRecipe { Endpoint = "", Model = "" };
        foreach (var key in (string[])["endpoint", "model"]) _ = section.Required(key, Form);
        double? Money(string key) => section.Has(key) ? section.Number(key, 0, new NumberRange(0, 1e9)) : null;
        if (section.Has("priceIn") != section.Has("priceOut"))
            throw new RetortException(section.Location, $"{section.Path} has one of priceIn and priceOut.", "both, in dollars for a million tokens.",
                "write the other.");
        foreach (var key in (string[])["classes", "requestsPerMonth", "machineUsdPerHour"])
            if (section.Has(key) && !classes)
                throw new RetortException(section.At(key), $"{section.PathTo(key)} stands beside {(data is null ? "a rewriter" : "data.source " + data.Source)}.",
                    "it belongs to text-classes.", "remove the key.");
        return new ChatRecipe
        {
            Endpoint = section.Text("endpoint"),
            Model = section.Text("model"),
            KeyVariable = section.Text("keyVariable"),
            System = section.Has("system") ? section.Text("system") : classes ? ChatClassesRecipe.System : null,
            Fields = Fields(section),
            NewTokens = section.Integer("newTokens", classes ? 16 : usual.NewTokens, 1, 1 << 20),
            PriceIn = Money("priceIn"),
            PriceOut = Money("priceOut"),
            MaxUsd = Money("maxUsd"),
            MaxTokens = section.Has("maxTokens") ? (long)section.Number("maxTokens", 0, new NumberRange(1, 1e15, Whole: true)) : null,
            Concurrency = section.Integer("concurrency", usual.Concurrency, 1, 4096),
            CheckOn = section.Integer("checkOn", usual.CheckOn, 0, 10_000),
            Classes = classes ? Classes(section) : null,
            RequestsPerMonth = section.Has("requestsPerMonth") ? section.Number("requestsPerMonth", 0, NumberRange.Positive(1e15)) : null,
            MachineUsdPerHour = Money("machineUsdPerHour"),
        };
    }

    private static string Fields(Section section)
    {
        var text = section.Text("fields");
        if (text.Length > 0) ChatParameters.ReadExtra(text, section.At("fields") + "  " + section.PathTo("fields"));
        return text;
    }

    private static ChatClassesRecipe Classes(Section owner)
    {
        var usual = new ChatClassesRecipe();
        if (owner.Entry("classes") is not { } entry) return usual;
        var section = Section.Of<ChatClassesRecipe>(entry, owner.PathTo("classes"));
        return new ChatClassesRecipe
        {
            Template = section.Text("template", usual.Template),
            Names = section.Texts("names"),
            TopLogProbabilities = section.Integer("topLogProbabilities", usual.TopLogProbabilities, 0, 1000),
            Field = section.Choice("field", usual.Field, Catalog.ChoiceFields.Names()),
            Probe = section.Integer("probe", usual.Probe, 0, 1_000_000),
        };
    }
}
