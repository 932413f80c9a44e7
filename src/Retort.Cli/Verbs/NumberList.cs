using System.CommandLine;
using System.Globalization;
using Retort.Tensors;

namespace Retort.Cli.Verbs;

/// <summary>An option that takes numbers with commas between them: 1,2,4,8.</summary>
internal static class NumberList
{
    public static Option<string?> New(string name, string description, IReadOnlyList<double> otherwise) => new(name)
    {
        Description =
            $"{description} (default: {string.Join(",", otherwise.Select(number => number.ToString(CultureInfo.InvariantCulture)))}).",
        HelpName = "N,N,…",
    };

    /// <exception cref="RetortException">Something between the commas is no number.</exception>
    public static IReadOnlyList<double> Read(string name, string? text, IReadOnlyList<double> otherwise) => text is null
        ? otherwise
        : [.. text.Split(',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new RetortException(name, $"'{part}' is no number.", "numbers with commas between them, such as 1,2,4,8."))];
}
