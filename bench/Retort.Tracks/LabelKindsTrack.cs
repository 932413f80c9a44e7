using System.Globalization;
using Retort.Runs;

namespace Retort.Tracks;

/// <summary>
/// One student, one teacher, four kinds of labels on the same sums (arithmetic-reasoner with its texts as they are): the true token alone,
/// the teacher in the loop, its likeliest tokens stored, tokens drawn of it. Seed after seed; the teacher of a seed is trained once.
/// </summary>
internal sealed class LabelKindsTrack(string folder)
{
    private const string Recipe = "arithmetic-reasoner";
    private const int Prompts = 200, Answers = 4;

    /// <summary>The sums whose answers the student sees; the teacher sees all 4000.</summary>
    private static readonly string[] Same =
    [
        "data.prompts=0", "data.train=1000",
        "baseline={training: {epochs: 1}, learningRates: [0.003], halfSteps: false, reason: not looked at here}",
    ];

    public static IReadOnlyList<(string Name, string Labels)> Kinds { get; } =
    [
        ("hard", "labels={kind: hard} ; student.objective=[{name: hard-label}]"),
        ("live", "labels={kind: live} ; student.objective=[{name: soft-label}]"),
        ("top-k 5 %", "labels={kind: top-k, keep: 5%} ; student.objective=[{name: soft-label}]"),
        ("top-k 5 %, hard 0.1", "labels={kind: top-k, keep: 5%} ; student.objective="
            + "[{name: soft-label, softWeight: 0.9}, {name: hard-label, hardWeight: 0.1}]"),
        ("sampled 50", "labels={kind: sampled, draws: 50} ; student.objective=[{name: sampled-label}]"),
    ];

    private static readonly (string Name, Func<Row, double> Of, string Format)[] Columns =
    [
        ("right, %", row => row.Right, "0.0"), ("nats a token", row => row.Loss, "0.000"), ("calibration, %", row => row.CalibrationError, "0.00"),
        ("sure and wrong, %", row => row.ConfidentlyWrong, "0.00"), ("distinct, %", row => row.Distinct, "0.0"),
        ("seconds", row => row.Seconds, "0.0"), ("peak, MB", row => row.PeakMegabytes, "0"),
    ];

    /// <param name="seeds">Seeds from 1.</param>
    /// <param name="overrides">Changes of the recipe, as --set takes them.</param>
    public void Run(int seeds, IReadOnlyList<string> overrides)
    {
        var rows = Kinds.ToDictionary(kind => kind.Name, _ => new List<Row>());
        for (var seed = 1; seed <= seeds; seed++)
        {
            string[] common = [.. Same, .. overrides, $"seed={seed}"];
            var started = TimeProvider.System.GetTimestamp();
            var taught = new TrainedTexts(Recipe, folder, [.. common, "student.training.epochs=1", .. Kinds[0].Labels.Split(" ; ")]);
            var data = taught.Data;
            var (right, loss) = (TrainedTexts.ExactMatch(taught.Teacher, data), TrainedTexts.Tokens(taught.Teacher, data).Loss);
            var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            Console.WriteLine($"seed {seed}: teacher {right:0.0} % right, {loss:0.000} nats a token; {seconds:0} s");
            foreach (var (name, labels) in Kinds)
                rows[name].Add(One([.. common, $"teacher={{source: checkpoint, path: \"{taught.Teacher}\"}}", .. labels.Split(" ; ")]));
        }
        Console.WriteLine($"{"labels",-22}{string.Concat(Columns.Select(column => $"{column.Name,18}"))}");
        foreach (var (name, _) in Kinds)
            Console.WriteLine($"{name,-22}{string.Concat(Columns.Select(column => $"{Mean(rows[name], column.Of, column.Format),18}"))}");
    }

    private Row One(string[] overrides)
    {
        PeakMemory.CountAnew();
        var trained = new TrainedTexts(Recipe, folder, overrides);
        var peak = PeakMemory.Megabytes;
        var cost = Provenance.FromJson(File.ReadAllText(Path.Combine(trained.Folder, "provenance.json"))).Cost;
        var data = trained.Data;
        var (loss, calibration, wrong) = TrainedTexts.Tokens(trained.Student, data);
        return new Row(TrainedTexts.ExactMatch(trained.Student, data), loss, calibration, wrong,
            TrainedTexts.Drawn(trained.Student, data, Prompts, Answers).Distinct, cost.Sum(stage => stage.WallSeconds), peak);
    }

    private static string Mean(List<Row> rows, Func<Row, double> value, string format)
    {
        var all = rows.Select(value).ToList();
        var deviation = Math.Sqrt(all.Sum(one => (one - all.Average()) * (one - all.Average())) / Math.Max(1, all.Count - 1));
        return string.Format(CultureInfo.InvariantCulture, $"{{0:{format}}} ± {{1:{format}}}", all.Average(), deviation);
    }

    private sealed record Row(double Right, double Loss, double CalibrationError, double ConfidentlyWrong, double Distinct, double Seconds,
        double PeakMegabytes);
}
