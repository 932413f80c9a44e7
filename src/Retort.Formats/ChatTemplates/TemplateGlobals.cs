using System.Globalization;
using System.Text;

namespace Retort.Formats.ChatTemplates;

/// <summary>The functions that every chat template may call.</summary>
internal static class TemplateGlobals
{
    private const int LongestRange = 100_000;

    public static void AddTo(TemplateScope scope)
    {
        scope.Set("range", new TemplateFunction(Range));
        scope.Set("namespace", new TemplateFunction(Namespace));
        scope.Set("dict", new TemplateFunction(Dict));
        scope.Set("raise_exception", new TemplateFunction((run, place, given) => throw run.Refuse(place,
            $"the template refuses these messages: {PythonText.Of(run, place,
                given.Bind(run, place, "raise_exception", ["message"]).Get(0, "message", ""))}",
            "expected messages as this model takes them", "change the messages, or use another template")));
        scope.Set("strftime_now", new TemplateFunction((run, place, given) =>
            Format(run, place, PythonText.Of(run, place, given.Bind(run, place, "strftime_now", ["format"]).Get(0, "format", "")))));
    }

    private static TemplateList Range(TemplateRun run, int place, ArgumentValues given)
    {
        (given with { Positional = [] }).Bind(run, place, "range", []);
        var bounds = given.Positional.Select(value => value is long whole and > -LongestRange * 1000L and < LongestRange * 1000L ? whole
            : throw run.Refuse(place, $"a range is bound by {TemplateValue.Describe(value)}", "expected whole numbers")).ToList();
        if (bounds.Count is 0 or > 3) throw run.Refuse(place, $"a range of {bounds.Count} numbers", "expected 1 to 3");
        var (start, stop) = bounds.Count == 1 ? (0, bounds[0]) : (bounds[0], bounds[1]);
        var step = bounds.Count == 3 ? bounds[2] : 1;
        if (step == 0) throw run.Refuse(place, "a range in steps of 0", "expected another step");
        var count = Math.Max(0, (stop - start + step - Math.Sign(step)) / step);
        if (count > LongestRange) throw run.Refuse(place, $"a range of {count} numbers", $"expected at most {LongestRange}");
        run.Step(place, count);
        return new TemplateList(Enumerable.Range(0, (int)count).Select(index => (object?)(start + index * step)));
    }

    private static TemplateNamespace Namespace(TemplateRun run, int place, ArgumentValues given)
    {
        (given with { Named = new Dictionary<string, object?>() }).Bind(run, place, "namespace", []);
        var space = new TemplateNamespace();
        foreach (var (name, value) in given.Named) space.Values[name] = value;
        return space;
    }

    private static TemplateMap Dict(TemplateRun run, int place, ArgumentValues given)
    {
        var map = new TemplateMap();
        run.Step(place, TemplateArithmetic.Size(given.Get(0, "mapping", null)));
        if (given.Get(0, "mapping", null) is TemplateMap first)
            foreach (var (name, value) in first.Entries) map[name] = value;
        foreach (var (name, value) in given.Named) map[name] = value;
        return map;
    }

    /// <summary>strftime of the local time, for the letters that templates use.</summary>
    private static string Format(TemplateRun run, int place, string format)
    {
        run.Make(place, format.Length * 16L);
        var now = run.Time.GetLocalNow();
        var written = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                written.Append(format[i]);
                continue;
            }
            written.Append(format[++i] switch
            {
                'Y' => Now("yyyy"),
                'y' => Now("yy"),
                'm' => Now("MM"),
                'd' => Now("dd"),
                'B' => Now("MMMM"),
                'b' => Now("MMM"),
                'A' => Now("dddd"),
                'a' => Now("ddd"),
                'H' => Now("HH"),
                'I' => Now("hh"),
                'M' => Now("mm"),
                'S' => Now("ss"),
                'p' => Now("tt"),
                'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
                '%' => "%",
                var letter => throw run.Refuse(place, $"the time format has %{letter}", "expected one of Y y m d B b A a H I M S p j %"),
            });
        }
        return written.ToString();

        string Now(string part) => now.ToString(part, CultureInfo.InvariantCulture);
    }
}
