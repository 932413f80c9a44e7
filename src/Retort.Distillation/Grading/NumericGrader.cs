using System.Globalization;
using System.Text.RegularExpressions;

namespace Retort.Grading;

/// <summary>
/// {"type": "numeric", "input", "reference", "absolute_tolerance", "relative_tolerance", "take": "last"}: the last number of the answer
/// ("first", or "only": none beside it) against that of the reference. 1 where |a − b| ≤ max(absolute, relative · |b|). Thousands may be
/// parted by commas; a percentage is its hundredth. An answer without a number is wrong.
/// </summary>
public sealed partial class NumericGrader : IGrader
{
    private readonly GraderTemplate _input, _reference;
    private readonly double _absolute, _relative;
    private readonly string _take;

    internal NumericGrader(GraderPart part)
    {
        part.Known("input", "reference", "absolute_tolerance", "relative_tolerance", "take");
        (Name, _input, _reference) = (part.Name, part.Template("input"), part.Template("reference"));
        (_absolute, _relative) = (part.Number("absolute_tolerance") ?? 1e-9, part.Number("relative_tolerance") ?? 0);
        if (_absolute < 0) throw part.Wrong("absolute_tolerance", "a number from 0 on");
        if (_relative < 0) throw part.Wrong("relative_tolerance", "a number from 0 on");
        _take = part.Find("take") is null ? "last" : part.Text("take");
        if (_take is not ("last" or "first" or "only")) throw part.Wrong("take", "last, first or only");
    }

    public string Name { get; }

    public Task<Grade> GradeAsync(GradedItem item, CancellationToken cancellation)
    {
        if (_input.Render(item) is not { } input || _reference.Render(item) is not { } reference)
            return Task.FromResult(Grade.Ungraded(GraderReasons.Missing));
        if (Number(reference, "last") is not { } wanted) return Task.FromResult(Grade.Ungraded(GraderReasons.NoNumber));
        var right = Number(input, _take) is { } given && Math.Abs(given - wanted) <= Math.Max(_absolute, _relative * Math.Abs(wanted));
        return Task.FromResult(Grade.Of(right ? 1 : 0, 1));
    }

    internal static double? Number(string text, string take)
    {
        var numbers = Numbers().Matches(text);
        if (numbers.Count == 0 || (take == "only" && numbers.Count > 1)) return null;
        var found = (take == "first" ? numbers[0] : numbers[^1]).Value;
        var percent = found.EndsWith('%');
        var plain = found.TrimEnd('%', ' ').Replace(",", "", StringComparison.Ordinal).Replace('−', '-');
        return double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? percent ? number / 100 : number
            : null;
    }

    [GeneratedRegex(@"(?<![\w.])[-+−]?(?:[0-9]{1,3}(?:,[0-9]{3}){1,8}(?![0-9])|[0-9]{1,400})(?:\.[0-9]{1,400})?(?:[eE][-+]?[0-9]{1,3})?(?: ?%)?"
        + @"|(?<![\w.])[-+−]?\.[0-9]{1,400}(?: ?%)?", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();
}
