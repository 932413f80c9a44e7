namespace Retort.Recipes.Conversion;

/// <summary>One key of another tool's recipe and what it became.</summary>
/// <param name="From">Dotted path in the other tool's file.</param>
/// <param name="Value">What it said, or the other tool's default.</param>
/// <param name="To">Dotted path in our recipe.</param>
/// <param name="IsDefault">The file does not hold it: the value is what the other tool takes then.</param>
public sealed record ConvertedKey(string From, string Value, string To, bool IsDefault);

/// <summary>A recipe of another tool in our words.</summary>
/// <param name="Tool">Whose it was.</param>
/// <param name="Recipe">Our recipe as YAML; its head says all that the lists here say.</param>
/// <param name="Keys">Every key that has a place here.</param>
/// <param name="Meanings">Where the same word, or the same number, means something else here.</param>
/// <param name="NotConverted">Keys that have no place here, with the reason where one is known.</param>
public sealed record Conversion(string Tool, string Recipe, IReadOnlyList<ConvertedKey> Keys, IReadOnlyList<string> Meanings,
    IReadOnlyList<string> NotConverted);
