using System.Globalization;

namespace Retort.Formats.ChatTemplates;

/// <summary>The filters that make numbers: int, float, abs and round.</summary>
internal static class TemplateNumbers
{
    private const int MostDigits = 15;

    /// <summary>int(default, base): the number that a text spells in the base, else the one before its point, else the default.</summary>
    public static object? Whole(TemplateRun run, int place, object? value, ArgumentValues given)
    {
        var radix = given.Whole(run, place, 1, "base", 10);
        if (radix is < 2 or > 36) throw run.Refuse(place, $"a number of base {radix}", "expected 2 to 36");
        return value switch
        {
            long whole => whole,
            bool truth => truth ? 1L : 0L,
            double number when Math.Abs(number) < 9e18 => (long)number,
            string text when Spelt(run, place, text.Trim(), (int)radix) is { } whole => whole,
            string text when TryReal(text, out var number) && Math.Abs(number) < 9e18 => (long)number,
            _ => given.Get(0, "default", 0L),
        };
    }

    public static object? Real(object? value, ArgumentValues given) => value switch
    {
        bool or long or double => TemplateValue.Number(value),
        string text when TryReal(text, out var number) => number,
        _ => given.Get(0, "default", 0.0),
    };

    public static object Absolute(TemplateRun run, int place, object? value) => value switch
    {
        long whole and > long.MinValue => (object)Math.Abs(whole),
        double number => Math.Abs(number),
        _ => throw Wrong(run, place, "abs", value),
    };

    /// <summary>round(precision, method): the common method leaves whole numbers whole and takes halves to even.</summary>
    public static object Round(TemplateRun run, int place, object? value, ArgumentValues given)
    {
        if (value is not (bool or long or double)) throw Wrong(run, place, "round", value);
        var digits = given.Whole(run, place, 0, "precision", 0);
        if (digits is < -MostDigits or > MostDigits)
            throw run.Refuse(place, $"a number is rounded to {digits} digits", $"expected {-MostDigits} to {MostDigits}");
        var (number, scale) = (TemplateValue.Number(value), Math.Pow(10, digits));
        return given.Get(1, "method", "common") switch
        {
            "common" when value is long or bool => RoundWhole(run, place, value is long whole ? whole : (long)number, (int)digits),
            "common" => digits < 0 ? Math.Round(number / Math.Pow(10, -digits)) * Math.Pow(10, -digits) : Math.Round(number, (int)digits),
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            _ => throw run.Refuse(place, "a number is rounded by a method that is not known", "expected common, ceil or floor"),
        };
    }

    private static object RoundWhole(TemplateRun run, int place, long number, int digits)
    {
        if (digits >= 0) return number;
        var unit = (decimal)Math.Pow(10, -digits);
        var rounded = decimal.Round(number / unit) * unit;
        return rounded is >= long.MinValue and <= long.MaxValue ? (long)rounded
            : throw run.Refuse(place, $"{number} rounded to {digits} digits has more than 64 bits", "expected less");
    }

    /// <summary>int(text, radix) of Python: a sign, perhaps the prefix of the base, digits; null for other texts.</summary>
    private static long? Spelt(TemplateRun run, int place, string text, int radix)
    {
        if (radix == 10)
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null;
        var digits = text.AsSpan(text is ['-' or '+', ..] ? 1 : 0);
        var prefix = radix switch { 2 => "0b", 8 => "0o", 16 => "0x", _ => "" };
        if (prefix.Length > 0 && digits.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) digits = digits[2..];
        if (digits.Length == 0) return null;
        var number = 0L;
        foreach (var letter in digits)
        {
            var digit = char.IsAsciiDigit(letter) ? letter - '0' : char.IsAsciiLetter(letter) ? (letter | 0x20) - 'a' + 10 : radix;
            if (digit >= radix) return null;
            if (number > (long.MaxValue - digit) / radix)
                throw run.Refuse(place, "a text spells a number that has more than 64 bits", "expected less");
            number = number * radix + digit;
        }
        return text[0] == '-' ? -number : number;
    }

    private static bool TryReal(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static FormatException Wrong(TemplateRun run, int place, string name, object? value) =>
        run.Refuse(place, $"the filter '{name}' got {TemplateValue.Describe(value)}", "expected a number");
}
