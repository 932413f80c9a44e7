using Retort.Recipes.Yaml;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>Whom to ask, and what it may cost.</summary>
internal static class ChatReader
{
    public const string Form = "expected chat: {endpoint: http://127.0.0.1:8080/v1, model: NAME}.";

    public static ChatRecipe Read(YamlEntry entry, string path)
    {
        var section = Section.Of<ChatRecipe>(entry, path);
        var usual = new ChatRecipe { Endpoint = "", Model = "" };
        foreach (var key in (string[])["endpoint", "model"]) _ = section.Required(key, Form);
        double? Money(string key) => section.Has(key) ? section.Number(key, 0, new NumberRange(0, 1e9)) : null;
        if (section.Has("priceIn") != section.Has("priceOut"))
            throw new RetortException(section.Location, $"{section.Path} has one of priceIn and priceOut.", "both, in dollars for a million tokens.",
                "write the other.");
        return new ChatRecipe
        {
            Endpoint = section.Text("endpoint"),
            Model = section.Text("model"),
            KeyVariable = section.Text("keyVariable"),
            System = section.Text("system", usual.System),
            NewTokens = section.Integer("newTokens", usual.NewTokens, 1, 1 << 20),
            PriceIn = Money("priceIn"),
            PriceOut = Money("priceOut"),
            MaxUsd = Money("maxUsd"),
            MaxTokens = section.Has("maxTokens") ? (long)section.Number("maxTokens", 0, new NumberRange(1, 1e15, Whole: true)) : null,
            Concurrency = section.Integer("concurrency", usual.Concurrency, 1, 4096),
            CheckOn = section.Integer("checkOn", usual.CheckOn, 0, 10_000),
        };
    }
}
