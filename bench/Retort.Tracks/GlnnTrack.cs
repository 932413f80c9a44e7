using System.Globalization;
using Retort.Data;
using Retort.Evaluation;
using Retort.Nn;
using Retort.Nn.Graphs;
using Retort.Students;
using Retort.Tensors;

namespace Retort.Tracks;

/// <summary>
/// GLNN on Cora (Zhang et al. 2022) by the shipped recipe, seed after seed: transductive, where no node is hidden; then with a fifth of the
/// test nodes hidden from graph and transfer set, and only those examined. Settings are those of the recipe, chosen on validation nodes.
/// </summary>
internal sealed class GlnnTrack(string folder)
{
    /// <summary>Whether the bars are met.</summary>
    /// <param name="seeds">Seeds from 1.</param>
    /// <param name="overrides">Changes of the recipe, as --set takes them; then only validation nodes are looked at.</param>
    public bool Run(int seeds, IReadOnlyList<string> overrides)
    {
        if (overrides.Count > 0) return Look(seeds, overrides);
        var bars = new Bars();
        foreach (var hidden in new[] { "0", "0.2" })
        {
            var rows = Enumerable.Range(1, seeds).Select(seed => One([$"data.hidden={hidden}", $"seed={seed}"])).ToList();
            Console.WriteLine($"{(hidden == "0" ? "transductive, all test nodes" : "inductive, the hidden fifth of the test nodes")}, {seeds} seeds");
            var teacher = MeanRow.Show("teacher", rows.Select(row => row.Teacher));
            var alone = MeanRow.Show("student without a teacher", rows.Select(row => row.Alone));
            var student = MeanRow.Show("student", rows.Select(row => row.Student));
            MeanRow.Show("student agrees with its teacher", rows.Select(row => row.Agreement));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  one node's answer, median: teacher {rows.Average(row => row.TeacherMs):0.000} ms, student {rows.Average(row => row.StudentMs):0.000} ms"));
            if (hidden != "0") continue;
            bars.Check("teacher, %", teacher, 78, 100);
            bars.Check("student without a teacher, %", alone, 55, 62);
            bars.Check("student − teacher, points", student - teacher, -1.5, 100);
        }
        return bars.AllMet;
    }

    private bool Look(int seeds, IReadOnlyList<string> overrides)
    {
        Console.WriteLine($"validation nodes, {seeds} seeds: {string.Join(' ', overrides)}");
        var rows = new List<(double Teacher, double Alone, double Student)>();
        for (var seed = 1; seed <= seeds; seed++)
        {
            using var trained = new TrainedRecipe("cora-glnn", folder, [.. overrides, $"seed={seed}"]);
            var part = trained.Data.Validation;
            rows.Add((trained.Right(trained.Teacher, part), trained.Right(trained.Alone, part), trained.Right(trained.Student, part)));
        }
        MeanRow.Show("teacher", rows.Select(row => row.Teacher));
        MeanRow.Show("student without a teacher", rows.Select(row => row.Alone));
        MeanRow.Show("student", rows.Select(row => row.Student));
        return true;
    }

    private Row One(IReadOnlyList<string> overrides)
    {
        using var trained = new TrainedRecipe("cora-glnn", folder, overrides);
        var (test, device) = (trained.Data.Test, trained.Device);
        var said = new[] { trained.Teacher, trained.Alone, trained.Student }
            .Select(model => Top(Predictor.Logits(model, test, device), test)).ToArray();
        int[] examined = [.. Enumerable.Range(0, test.Count).Where(row => trained.Recipe.Data.Hidden == 0 || test.Slices![row] == 1)];
        double Share(Func<int, bool> holds) => 100.0 * examined.Count(holds) / examined.Length;
        double Right(int model) => Share(row => said[model][row] == test.Labels[row]);
        using var step = new Step(device);
        var logits = new float[test.Classes];
        double Median(Action answer) => new LatencyProbe(TimeProvider.System).Latency(_ => answer()).P50;
        return new Row(Right(0), Right(1), Right(2), Share(row => said[0][row] == said[2][row]),
            Median(() => NodePredictor.Answer((GraphModel)trained.Teacher, test, 1, step, logits)),
            Median(() => Answer(trained.Student, test, step, logits)));
    }

    private static void Answer(Module student, Dataset data, Step step, float[] logits)
    {
        step.Begin(training: false);
        step.Device.Read(student.Forward(step, step.Constant(student.BatchShape(1), data.Example(0))), logits.AsSpan());
    }

    private static int[] Top(float[] logits, Dataset data) => [.. Enumerable.Range(0, data.Count).Select(row =>
        Enumerable.Range(0, data.Classes).MaxBy(c => logits[row * data.Classes + c]))];

    private sealed record Row(double Teacher, double Alone, double Student, double Agreement, double TeacherMs, double StudentMs);
}
