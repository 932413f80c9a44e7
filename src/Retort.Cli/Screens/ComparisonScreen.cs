using System.Globalization;
using Retort.Comparisons;
using Retort.Evaluation;

namespace Retort.Cli.Screens;

/// <summary>The table of a comparison and what follows from it.</summary>
internal static class ComparisonScreen
{
    public static void Show(Screen screen, ComparisonResult result, string folder)
    {
        var ranks = result.MeanRanks;
        screen.Say(string.Create(CultureInfo.InvariantCulture,
            $"teacher {result.TeacherAccuracies.Average() * 100:0.00} %; {result.Seeds} seeds; T = {result.Plain.Temperature}, hardWeight = {result.Plain.HardWeight} ({(result.Tuned ? "chosen on validation" : "given")}); points of accuracy with 95 % intervals over seeds"));
        screen.Table(["", "accuracy", "over no teacher", "over plain", "against plain", "credit", "agreement", "other teacher",
            "worst class", "rank"],
            result.Rows.Select((row, i) => new[]
            {
                row.Name + (row.Contender.Role == Role.Control ? " (control)" : ""),
                Percent(row.Accuracy), Points(row.Against(result.Alone)), Points(row.Against(result.PlainRow)),
                result.AgainstPlain(row), result.Credit(row),
                Percent(row.Agreement), row.Elsewhere is { } share ? Percent(share) : "",
                Percent(row.WorstClass), ranks[i].ToString("0.0", CultureInfo.InvariantCulture),
            }));
        foreach (var sentence in result.Advice()) screen.Say(sentence);
        screen.Say();
        screen.Say($"numbers  {Path.Combine(folder, MethodComparison.JsonName)}");
        screen.Say($"page     {Path.Combine(folder, MethodComparison.HtmlName)}");
        screen.Data(json => ComparisonJson.Write(json, result));
    }

    private static string Percent(double share) => (share * 100).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Points((double Mean, Interval? Interval) difference) => string.Create(CultureInfo.InvariantCulture,
        $"{difference.Mean * 100:+0.00;-0.00;0.00}{(difference.Interval is { } interval ? $" [{interval.Low * 100:+0.00;-0.00;0.00}, {interval.High * 100:+0.00;-0.00;0.00}]" : "")}");
}
