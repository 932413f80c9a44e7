using System.Globalization;
using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Merging;

namespace Retort.Tracks;

/// <summary>
/// Two students of one beginning, each distilled on a task of its own (sums of + alone, and of * alone), and what is left of both in one
/// model that is merged of them, without training: linear, and TIES with the beginning as the base.
/// </summary>
internal sealed class MergeTrack(string folder)
{
    private const double Kept = 95;
    private static readonly (string Name, string Signs)[] Tasks = [("sums of +", "+"), ("sums of *", "*")];

    private static readonly MergeOptions[] Merges =
        [new("linear"), new("ties"), new("ties") { Density = 0.5 }, new("ties") { Density = 1 }];

    /// <summary>Whether a merge keeps as much of each parent's task as the bar asks.</summary>
    /// <param name="seeds">Seeds from 1.</param>
    /// <param name="overrides">Changes of the recipe, as --set takes them.</param>
    public bool Run(int seeds, IReadOnlyList<string> overrides)
    {
        var least = Merges.Select(_ => new List<double>()).ToArray();
        for (var seed = 1; seed <= seeds; seed++)
        {
            string[] common = ["data.prompts=0", "data.teacherTrain=4000", "labels={kind: live}", "student.objective=[{name: soft-label}]",
                "baseline={training: {epochs: 1}, learningRates: [0.003], halfSteps: false, reason: not looked at here}", .. overrides,
                $"seed={seed}"];
            var beginning = new TrainedTexts("arithmetic-reasoner", folder, [.. common, "data.train=4000"]);
            var parents = Tasks.Select(task => new TrainedTexts("arithmetic-reasoner", folder, [.. common, "data.train=1000",
                $"data.signs=\"{task.Signs}\"", $"teacher={{source: checkpoint, path: \"{beginning.Teacher}\"}}",
                $"student.model={{kind: gpt, from: \"{beginning.Student}\"}}",
                "student.training={epochs: 8, batchSize: 16, learningRate: 0.001, clipNorm: 1}"])).ToArray();
            TextData[] tests = [.. parents.Select(parent => parent.Data)];
            Show($"seed {seed}: beginning", tests.Select(test => TrainedTexts.ExactMatch(beginning.Student, test)));
            double[] own = [.. parents.Zip(tests, (parent, test) => TrainedTexts.ExactMatch(parent.Student, test))];
            foreach (var (i, parent) in parents.Index())
                Show($"  distilled on {Tasks[i].Name}", tests.Select(test => TrainedTexts.ExactMatch(parent.Student, test)));
            foreach (var (i, options) in Merges.Index())
            {
                var target = Path.Combine(folder, "merged");
                if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
                var method = options.Create(parents.Length);
                using (var merge = new CheckpointMerge([.. parents.Select(parent => parent.Student)],
                    method.NeedsBase ? beginning.Student : null, method)) merge.Write(target);
                double[] right = [.. tests.Select(test => TrainedTexts.ExactMatch(target, test))];
                double[] kept = [.. right.Zip(own, (merged, parent) => 100 * merged / parent)];
                Show($"  merged, {Name(options)}", right, $"kept {string.Join(", ", kept.Select(share => $"{share:0.0}"))} %");
                least[i].Add(kept.Min());
            }
        }
        foreach (var (i, options) in Merges.Index())
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{Name(options),-22} keeps {least[i].Average():0.0} % of the parent that it keeps least of, mean of {seeds} seeds; lowest {least[i].Min():0.0} % (bar {Kept:0})"));
        return least.Any(shares => shares.Min() >= Kept);
    }

    private static string Name(MergeOptions options) => options.Method == "ties"
        ? string.Create(CultureInfo.InvariantCulture, $"ties, density {options.Density ?? 0.2}")
        : options.Method;

    private static void Show(string name, IEnumerable<double> right, string more = "") =>
        Console.WriteLine($"{name,-34} {string.Join("  ", right.Select((share, i) => $"{Tasks[i].Name} {share,5:0.0} %"))}  {more}");
}
