using Retort.Comparisons;
using Retort.Data.Text;
using Retort.Data.Traces;
using Retort.Recipes;

namespace Retort.Tracks;

/// <summary>
/// Recorded teachers by language against either one alone, seed after seed: nats a token of a third teacher's translations, on prompts that
/// nobody learnt, of both languages and of each. Each alone teaches all rows, and once more only those of its own language. The control is
/// the rule turned round: what it gains too is two teachers' doing, and not the rule's.
/// </summary>
internal sealed class RoutedTeachersTrack(string folder)
{
    private const string Name = "two-languages", Mistral = "Mistral-7B-Instruct-v0.3", Qwen = "Qwen2.5-14B-Instruct";
    private const string Hebrew = "{id: [\"tr-*2he-*\", \"tr-he2*\"]}", German = "{id: [\"tr-*2de-*\", \"tr-de2*\"]}";
    private const string Baseline = "baseline={training: {epochs: 1}, halfSteps: false, reason: not looked at here}";
    private static readonly RowCondition[] IsHebrew = [new("id", ["tr-*2he-*", "tr-he2*"])];

    private static readonly (string Name, string Teacher)[] Arms =
    [
        ("each its language", ""),
        ("each the other's language", $"{{members: [{{source: recorded, name: {Qwen}, when: {Hebrew}}}, {{source: recorded, name: {Mistral}}}]}}"),
        ("Mistral alone", $"{{source: recorded, name: {Mistral}}}"),
        ("Qwen alone", $"{{source: recorded, name: {Qwen}}}"),
        ("Mistral, Hebrew only", $"{{source: recorded, name: {Mistral}, when: {Hebrew}}}"),
        ("Qwen, German only", $"{{source: recorded, name: {Qwen}, when: {German}}}"),
    ];

    /// <param name="seeds">Seeds from 1.</param>
    /// <param name="overrides">Changes of the recipe, as --set takes them.</param>
    public void Run(int seeds, IReadOnlyList<string> overrides)
    {
        // [arm][seed] of both, of Hebrew, of German
        double[][][] losses = [.. Arms.Select(arm => Enumerable.Range(1, seeds).Select(seed => Losses(new TrainedTexts(Name, folder,
            [.. overrides, $"seed={seed}", Baseline, .. arm.Teacher.Length > 0 ? (string[])["teacher=" + arm.Teacher] : []]))).ToArray())];
        for (var arm = 0; arm < Arms.Length; arm++)
        {
            Console.WriteLine(Invariant($"{Arms[arm].Name}: both {Mean(arm, 0):0.000}, Hebrew {Mean(arm, 1):0.000}, German {Mean(arm, 2):0.000} nats a token, {seeds} seeds"));
            if (arm == 0) continue;
            foreach (var (part, name) in ((string[])["both", "Hebrew", "German"]).Index())
            {
                var (mean, interval) = PairedSeeds.Difference(Column(arm, part), Column(0, part));
                Console.WriteLine(Invariant($"  above each its language, {name}: {mean:+0.000;-0.000}")
                    + (interval is { } range ? Invariant($" [{range.Low:0.000}, {range.High:0.000}]") : ""));
            }
        }
        double[] Column(int arm, int part) => [.. losses[arm].Select(seed => seed[part])];
        double Mean(int arm, int part) => Column(arm, part).Average();
    }

    private static double[] Losses(TrainedTexts run)
    {
        var data = run.Data;
        TextData Of(Func<RowFields, bool> taken) => data with
        {
            Test = data.Test with { Documents = [.. data.Test.Documents.Where((_, i) => taken(data.FieldsOfTest[i]))] },
        };
        return [.. new[] { data, Of(row => row.Fit(IsHebrew)), Of(row => !row.Fit(IsHebrew)) }
            .Select(part => TrainedTexts.Tokens(run.Student, part).Loss)];
    }

    private static string Invariant(FormattableString text) => text.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
