using Retort.Comparisons;
using Retort.Evaluation.Language;

namespace Retort.Tracks;

/// <summary>
/// Students that learn a teacher's way to its answers beside students that learn the answers alone, for as many updates, seed after seed:
/// on recorded texts of real teachers, and on sums made here, where a net of this size can follow the steps (language.md's E5).
/// </summary>
internal sealed class ReasoningTrack(string folder)
{
    private static readonly string[] Recipes = ["r1-style", "step-by-step"];

    /// <param name="seeds">Seeds from 1.</param>
    /// <param name="overrides">Changes of the recipes, as --set takes them.</param>
    public void Run(int seeds, IReadOnlyList<string> overrides)
    {
        foreach (var recipe in Recipes)
        {
            LanguageResult[] results = [.. Seeds(seeds).Select(seed =>
                new TrainedTexts(recipe, folder, [.. overrides, $"seed={seed}"], examine: true).Result!)];
            foreach (var (seed, result) in results.Index())
                Console.WriteLine(Invariant($"{recipe}, seed {seed + 1}: teacher {Percent(result.Teacher):0.00} %, with its thoughts ")
                    + Invariant($"{Percent(result.Student):0.00} %, answers alone {Percent(result.Baseline):0.00} % of {result.Examples}"));
            Say(recipe, [.. results.Select(result => Percent(result.Student))], [.. results.Select(result => Percent(result.Baseline))]);
        }
        double Sums(int seed, bool steps) => Percent(new TrainedTexts("arithmetic-reasoner", folder,
            [.. overrides, $"seed={seed}", "data.train=2000", "data.prompts=0", "data.teacherTrain=2000", $"data.steps={(steps ? "true" : "false")}",
                "teacher.training.epochs=1", "labels={kind: hard}", $"student.training.epochs={(steps ? 12 : 40)}",
                "baseline={training: {epochs: 1}, halfSteps: false, reason: not looked at here}"], examine: true).Result!.Student);
        Say("sums, 2,000 of them", [.. Seeds(seeds).Select(seed => Sums(seed, steps: true))], [.. Seeds(seeds).Select(seed => Sums(seed, steps: false))]);
    }

    private static IEnumerable<int> Seeds(int count) => Enumerable.Range(1, count);

    private static void Say(string name, double[] thoughts, double[] alone)
    {
        var (mean, interval) = PairedSeeds.Difference(thoughts, alone);
        Console.WriteLine(Invariant($"{name}: {thoughts.Average():0.00} % with thoughts, {alone.Average():0.00} % without: {mean:+0.00;-0.00} points")
            + (interval is { } range ? Invariant($" [{range.Low:0.00}, {range.High:0.00}]") : "") + Invariant($", {thoughts.Length} seeds"));
    }

    private static double Percent(LanguageScore score) => 100 * score.ExactMatch!.Value;

    private static string Invariant(FormattableString text) => text.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
