using System.Globalization;

namespace Retort.Verification;

/// <summary>What a number counts: a product of dimensions, and how many of the basic unit it is.</summary>
/// <param name="Dimensions">As length^1 time^-1, sorted; a word that is no unit is a dimension of its own.</param>
/// <param name="Factor">In meters, kilograms, seconds, dollars, radians.</param>
/// <param name="IsKnown">Every word in it is a unit, and none a thing that is counted.</param>
internal sealed record Units(string Dimensions, double Factor, bool IsKnown)
{
    private const double Gallon = 231 * 0.0254 * 0.0254 * 0.0254; // of the United States, in cubic meters

    public bool IsPercent => Dimensions == "percent^1";
    public bool IsAngle => Dimensions == "angle^1";

    public static bool Knows(string word) => Of(word) is not null;

    /// <summary>The unit that some words make; null = they are none.</summary>
    /// <param name="tokens">As square feet, or miles per hour, or cm^3.</param>
    public static Units? Read(IReadOnlyList<AnswerToken> tokens)
    {
        var powers = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var (factor, sign, times, known) = (1.0, 1, 1, true);
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.Is("/") || token is { Kind: AnswerTokenKind.Word, Text: "per" }) sign = -1;
            else if (token is { Kind: AnswerTokenKind.Word, Text: "square" or "sq" }) times = 2;
            else if (token is { Kind: AnswerTokenKind.Word, Text: "cubic" }) times = 3;
            else if (token.Is("*") || token is { Kind: AnswerTokenKind.Word, Text: "of" or "the" }) continue;
            else if (token.Is("%") || token.Is("¤") || token.Kind is AnswerTokenKind.Word or AnswerTokenKind.Letter)
            {
                if (i + 1 < tokens.Count && tokens[i + 1] is { Kind: AnswerTokenKind.Word, Text: "squared" or "cubed" } raised)
                    (times, i) = (raised.Text == "squared" ? 2 : 3, i + 1);
                if (i + 2 < tokens.Count && tokens[i + 1].Is("^") && tokens[i + 2].Text is "2" or "3")
                    (times, i) = (int.Parse(tokens[i + 2].Text, CultureInfo.InvariantCulture), i + 2);
                known &= Knows(token.Text);
                var (dimensions, size) = Of(token.Text) ?? (Stem(token.Text), 1);
                foreach (var dimension in dimensions.Split(' '))
                {
                    var (name, power) = dimension.Split('^') is [var of, var to] ? (of, int.Parse(to, CultureInfo.InvariantCulture))
                        : (dimension, 1);
                    powers[name] = powers.GetValueOrDefault(name) + sign * times * power;
                }
                factor *= Math.Pow(size, sign * times);
                times = 1;
            }
            else return null;
        }
        foreach (var gone in powers.Where(power => power.Value == 0).Select(power => power.Key).ToList()) powers.Remove(gone); // as m/m
        return powers.Count == 0 ? null : new Units(string.Join(" ", powers.Select(power => $"{power.Key}^{power.Value}")), factor, known);
    }

    /// <summary>One thing of many.</summary>
    private static string Stem(string word) =>
        word.EndsWith("ches", StringComparison.Ordinal) || word.EndsWith("shes", StringComparison.Ordinal)
        || word.EndsWith("xes", StringComparison.Ordinal) || word.EndsWith("sses", StringComparison.Ordinal) ? word[..^2]
        : word.Length > 2 && word[^1] == 's' && word[^2] != 's' ? word[..^1] : word;

    /// <summary>Dimensions with their powers, and how many of the basic unit it is; letters that are often variables are none.</summary>
    private static (string Dimensions, double Size)? Of(string word) => word switch
    {
        "%" or "percent" or "percents" or "percentage" => ("percent", 0.01),
        "¤" or "dollar" or "dollars" or "usd" => ("money", 1),
        "cent" or "cents" => ("money", 0.01),
        "degree" or "degrees" or "deg" => ("angle", Math.PI / 180),
        "radian" or "radians" or "rad" => ("angle", 1),
        "meter" or "meters" or "metre" or "metres" or "m" => ("length", 1),
        "centimeter" or "centimeters" or "centimetre" or "centimetres" or "cm" => ("length", 0.01),
        "millimeter" or "millimeters" or "mm" => ("length", 0.001),
        "kilometer" or "kilometers" or "kilometre" or "kilometres" or "km" => ("length", 1000),
        "inch" or "inches" or "in" => ("length", 0.0254),
        "foot" or "feet" or "ft" => ("length", 0.3048),
        "yard" or "yards" or "yd" => ("length", 0.9144),
        "mile" or "miles" or "mi" => ("length", 1609.344),
        "gram" or "grams" or "g" => ("mass", 0.001),
        "kilogram" or "kilograms" or "kg" => ("mass", 1),
        "milligram" or "milligrams" or "mg" => ("mass", 1e-6),
        "pound" or "pounds" or "lb" or "lbs" => ("mass", 0.45359237),
        "ounce" or "ounces" or "oz" => ("mass", 0.45359237 / 16),
        "second" or "seconds" or "sec" or "secs" or "s" => ("time", 1),
        "minute" or "minutes" or "min" or "mins" => ("time", 60),
        "hour" or "hours" or "hr" or "hrs" or "h" => ("time", 3600),
        "day" or "days" => ("time", 86400),
        "week" or "weeks" => ("time", 7 * 86400),
        "tonne" or "tonnes" => ("mass", 1000),
        "liter" or "liters" or "litre" or "litres" or "l" => ("length^3", 0.001),
        "milliliter" or "milliliters" or "millilitre" or "millilitres" or "ml" or "cc" => ("length^3", 1e-6),
        "gallon" or "gallons" or "gal" => ("length^3", Gallon),
        "quart" or "quarts" => ("length^3", Gallon / 4),
        "pint" or "pints" => ("length^3", Gallon / 8),
        "cup" or "cups" => ("length^3", Gallon / 16),
        "hectare" or "hectares" => ("length^2", 10_000),
        "acre" or "acres" => ("length^2", 4046.8564224),
        "mph" => ("length time^-1", 1609.344 / 3600),
        "kph" or "kmh" => ("length time^-1", 1000.0 / 3600),
        "hertz" or "hz" => ("time^-1", 1),
        "newton" or "newtons" => ("mass length time^-2", 1),
        "joule" or "joules" => ("mass length^2 time^-2", 1),
        "watt" or "watts" => ("mass length^2 time^-3", 1),
        "pascal" or "pascals" => ("mass length^-1 time^-2", 1),
        _ => null,
    };
}
