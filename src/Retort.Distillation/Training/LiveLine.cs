using System.Globalization;

namespace Retort.Training;

/// <summary>What is seen of a running training: the loss, and what is known of a language model's answers beside it.</summary>
internal static class LiveLine
{
    private static readonly (string Name, string Shown, string Format)[] Known =
    [
        (TokenLook.Divergence, "kl@1", "0.000"), (TokenLook.StudentEntropy, "H_s", "0.00"), (TokenLook.TeacherEntropy, "H_t", "0.00"),
        (TokenLook.Acceptance, "acceptance", "0.00"), (TokenMonitor.AnswerLength, "length", "0.0"),
        (TokenMonitor.Repetition, "repetition", "0.00"), (TokenMonitor.TokensPerSecond, "tok/s", "0"),
    ];

    /// <param name="numbers">By their names in the log.</param>
    public static string Of(IReadOnlyList<(string Name, double Value)> numbers)
    {
        var values = numbers.ToDictionary(number => number.Name, number => number.Value);
        var line = Say($"loss {values["loss"]:0.0000}");
        var shares = Part(TokenLook.GradientShare);
        if (shares.Count > 0)
            line += $" ({string.Join(' ', Part("loss/").Select(part => Say($"{part.Name} {part.Value:0.000}")))}"
                + $" | gradient share {string.Join('/', shares.Select(share => Say($"{100 * share.Value:0}")))})";
        return string.Join(' ', [line, .. Known.Where(known => values.ContainsKey(known.Name))
            .Select(known => $"{known.Shown} {values[known.Name].ToString(known.Format, CultureInfo.InvariantCulture)}")]);

        List<(string Name, double Value)> Part(string prefix) =>
            [.. numbers.Where(number => number.Name.StartsWith(prefix, StringComparison.Ordinal))
                .Select(number => (number.Name[prefix.Length..], number.Value))];
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
