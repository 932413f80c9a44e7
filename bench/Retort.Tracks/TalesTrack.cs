using System.Globalization;
using Retort.Comparisons;
using Retort.Evaluation.Language;
using Retort.Runs;

namespace Retort.Tracks;

/// <summary>
/// Stories with choices (recipe tales), where a teacher has doubts to pass on. Seed after seed, each with a world and a teacher of its own:
/// hard and soft labels by the number of stories; kinds of stored labels; a student's own answers against a fixed set of its teacher's, and
/// against fresh ones. Bars were fixed before the first run; rates were chosen by the validation loss of seed 101, not among these.
/// </summary>
internal sealed class TalesTrack(string folder)
{
    private const string Recipe = "tales";
    private const int Prompts = 400, Answers = 4;
    private const string Soft = "student.objective=[{name: soft-label}]",
        Shannon = "student.objective=[{name: jensen-shannon, teacherWeight: 0.5}]",
        Hard = "labels={kind: hard} ; student.objective=[{name: hard-label}]", Live = "labels={kind: live} ; " + Soft,
        TopK = "labels={kind: top-k, keep: 5%} ; ",
        Unseen = "baseline={training: {epochs: 1}, learningRates: [0.01], halfSteps: false, reason: not looked at here}",
        // 500 updates of 32 stories; 300 and then 600 of the 60 stories, 300 on top of the 500
        Of200 = "data.train=200 ; student.training.epochs=72 ; ", Of800 = "data.train=800 ; student.training.epochs=20 ; ",
        Of3200 = "data.train=3200 ; student.training.epochs=5 ; ",
        Of60 = "data.train=60 ; data.validation=32 ; ", Texts = "labels={kind: text, answers: {temperature: 1}} ; ",
        Begun = Of60 + Texts + "student.training.epochs=300 ; student.training.learningRate=0.005 ; "
            + "student.model={kind: gpt, from: \"START\"} ; ",
        More = "data.train=800 ; student.training.epochs=12 ; student.training.learningRate=0.005 ; "
            + Texts + "student.model={kind: gpt, from: \"HARD\"} ; ",
        Alone = "baseline={learningRates: [0.005], halfSteps: false, reason: the same stories as often without the teacher}";

    /// <summary>HARD and START stand for the students of those names.</summary>
    private static readonly (string Name, string Overrides)[] Contenders =
    [
        ("hard, 200", Of200 + Hard), (HardLabels, Of800 + Hard), ("hard, 3200", Of3200 + Hard),
        ("soft, 200", Of200 + Live), (SoftLabels, Of800 + Live), ("soft, 3200", Of3200 + Live),
        ("top-k 5 %", Of800 + TopK + Soft),
        ("top-k 5 %, no tail", Of800 + TopK + "student.objective=[{name: soft-label, tail: ignore}]"),
        ("kept-classes 5 %", Of800 + TopK + "student.objective=[{name: kept-classes}]"),
        ("sampled 12", Of800 + "labels={kind: sampled, draws: 12} ; student.objective=[{name: sampled-label}]"),
        ("sampled 40", Of800 + "labels={kind: sampled, draws: 40} ; student.objective=[{name: sampled-label}]"),
        (Start, Of60 + "student.training.epochs=150 ; " + Hard),
        ("fixed, forward KL", Begun + Soft), (OnPolicy, Begun + Shannon + " ; student.onPolicy={share: 1} ; " + Alone),
        ("800, fixed, forward KL", More + Soft),
        ("800, on-policy, JSD", More + Shannon + " ; student.onPolicy={share: 1, controls: false}"),
    ];

    private const string HardLabels = "hard, 800", SoftLabels = "soft, 800", Start = "start", OnPolicy = "on-policy, JSD";

    private static readonly (string Name, Func<Row, double> Of, string Format)[] Columns =
    [
        ("nats", row => row.Loss, "0.000"), ("KL", row => row.Kl, "0.000"), ("valid, %", row => row.Greedy, "0.0"),
        ("at T = 1", row => row.Drawn, "0.0"), ("exposure, %", row => row.Exposure, "0.0"),
        ("KL, own", row => row.AlongOwn, "0.00"),
        ("calibr., %", row => row.Calibration, "0.00"), ("sure wrong", row => row.SureWrong, "0.00"),
        ("distinct, %", row => row.Distinct, "0.0"), ("covered, %", row => row.Covered, "0.0"),
        ("seconds", row => row.Seconds, "0.0"), ("peak, MB", row => row.Peak, "0"), ("bytes", row => row.Bytes, "0.0"),
    ];

    private readonly Dictionary<string, List<Row>> _rows = [];
    private readonly Bars _bars = new();

    /// <summary>Whether the bars are met.</summary>
    /// <param name="seeds">Seeds from 1.</param>
    /// <param name="overrides">Changes of the recipe, as --set takes them.</param>
    public bool Run(int seeds, IReadOnlyList<string> overrides)
    {
        for (var seed = 1; seed <= seeds; seed++)
        {
            var started = TimeProvider.System.GetTimestamp();
            string[] common = [Unseen, .. overrides, $"seed={seed}"];
            var taught = new TrainedTexts(Recipe, folder, [.. common, "student.training.epochs=1"]);
            Console.WriteLine($"seed {seed}: teacher after {Elapsed(started):0} s");
            string[] taughtBy = [.. common, "data.teacherTrain=0", $"teacher={{source: checkpoint, path: \"{taught.Teacher}\"}}"];
            var students = new Dictionary<string, string> { [HardLabels] = "", [Start] = "" };
            foreach (var (name, changes) in Contenders)
                students[name] = One(name, [.. taughtBy, .. changes.Replace("HARD", students[HardLabels], StringComparison.Ordinal)
                    .Replace("START", students[Start], StringComparison.Ordinal).Split(" ; ")]);
            Console.WriteLine($"seed {seed}: {Elapsed(started):0} s");
        }
        Console.WriteLine($"{"mean of seeds",-26}{string.Concat(Columns.Select(column => $"{column.Name,13}"))}");
        foreach (var (name, rows) in _rows) Console.WriteLine(Line(name, column => rows.Average(column)));
        Judge();
        JudgeDrawn();
        return _bars.AllMet;
    }

    /// <returns>Where the student is.</returns>
    private string One(string name, string[] overrides)
    {
        PeakMemory.CountAnew();
        var trained = new TrainedTexts(Recipe, folder, overrides, examine: true);
        var peak = PeakMemory.Megabytes;
        var provenance = Provenance.FromJson(File.ReadAllText(Path.Combine(trained.Folder, "provenance.json")));
        var seconds = provenance.Cost.Where(stage => stage.Stage is "label" or "train").Sum(stage => stage.WallSeconds);
        var bytes = provenance.Notes.TryGetValue("labels, measured", out var note) // …: 7.1 a token, …
            ? double.Parse(note.Split(": ")[1].Split(' ')[0], CultureInfo.InvariantCulture) : double.NaN;
        var result = trained.Result!;
        Add(name, result.Student, trained.Student, seconds, peak, bytes);
        if (name == "hard, 200") Add("teacher", result.Teacher, trained.Teacher, double.NaN, double.NaN, double.NaN);
        if (name != OnPolicy) return trained.Student;
        foreach (var control in result.Controls)
            Add(control.Name, control, Path.Combine(trained.Folder, "controls", control.Name), double.NaN, double.NaN, double.NaN);
        Add("without teacher", result.Baseline, Path.Combine(trained.Folder, "baseline"), double.NaN, double.NaN, double.NaN);
        return trained.Student;

        void Add(string name, LanguageScore score, string model, double seconds, double peak, double bytes)
        {
            var (_, calibration, wrong) = TrainedTexts.Tokens(model, trained.Data);
            var (right, distinct, covered) = TrainedTexts.Drawn(model, trained.Data, Prompts, Answers);
            var row = new Row(score.Loss!.Value, score.KlFromTeacher ?? 0, 100 * score.ExactMatch!.Value, right,
                score.Exposure?.ExcessPercent ?? double.NaN, score.Exposure?.AlongOwn ?? double.NaN, calibration, wrong, distinct,
                covered, seconds, peak, bytes, score.Facts!.Parameters, score.TokensPerSecond!.Value, score.Facts.Latency!.P50);
            if (!_rows.TryGetValue(name, out var rows)) _rows[name] = rows = [];
            rows.Add(row);
            Console.WriteLine(Line(name, column => column(row)));
            Console.WriteLine($"    wrong with {name}: {TrainedTexts.Faults(model, trained.Data, Prompts)}");
        }
    }

    private void Judge()
    {
        Less(SoftLabels, "hard, 3200", row => row.Loss, "soft labels with 25 % of the stories, nats");
        Less("soft, 200", "hard, 3200", row => row.Loss, "soft labels with 6 % of the stories, nats");
        Less("hard, 200", "soft, 200", row => row.Greedy, "soft labels of 200 stories over hard ones, valid stories", 5);
        foreach (var kind in (string[])["top-k 5 %", "top-k 5 %, no tail", "kept-classes 5 %", "sampled 12", "sampled 40"])
            Console.WriteLine(Invariant($"{kind} closes {100 * Closed(kind):0} % of the gap in KL between hard and live labels"));
        _bars.Check("share of the gap in KL that 5 % with a tail closes", Closed("top-k 5 %"), 0.8, double.PositiveInfinity);
        _bars.Check("valid stories of kept-classes alone, %", Mean("kept-classes 5 %", row => row.Greedy), 0, 5);
        foreach (var kind in (string[])["top-k 5 %", "sampled 12", "sampled 40"])
        {
            _bars.Check($"points that {kind} loses", Difference(SoftLabels, kind, row => row.Greedy, "valid stories"),
                double.NegativeInfinity, 0.5);
            if (Mean(kind, row => row.Bytes) is var bytes) _bars.Check($"bytes a token, {kind}", bytes, 0, 60);
        }
        Less("fixed-data", OnPolicy, row => row.Greedy, "on-policy over fixed answers, valid stories", 30);
        Less("fixed, forward KL", OnPolicy, row => row.Greedy, "on-policy over fixed answers and forward KL, valid stories", 30);
        Difference(OnPolicy, "fresh-teacher", row => row.Greedy, "valid stories");
        Difference(OnPolicy, "fresh-teacher-equal-cost", row => row.Greedy, "valid stories");
        Less("fresh-teacher", OnPolicy, row => row.Loss, "fresh answers of the teacher, nats");
        Less(OnPolicy, "fixed-data", row => row.Loss, "on-policy below fixed answers, nats");
        Halved(OnPolicy, "fixed-data");
        Halved("800, on-policy, JSD", "800, fixed, forward KL");
        Less("without teacher", OnPolicy, row => row.Greedy, "on-policy over no teacher, valid stories", 5);
        _bars.Check("parameters, teacher / student",
            Mean("teacher", row => row.Parameters) / Mean(OnPolicy, row => row.Parameters), 4, 1e6);
        _bars.Check("tokens a second, student / teacher", Mean(OnPolicy, row => row.Speed) / Mean("teacher", row => row.Speed), 3, 1e6);
        var (slow, quick) = (Mean("teacher", row => row.Latency), Mean(OnPolicy, row => row.Latency));
        Console.WriteLine(Invariant($"one more token of one answer, median: teacher {slow:0.000} ms, student {quick:0.000} ms"));
    }

    /// <summary>
    /// The same comparisons by stories that are drawn. Added after the first run of five seeds: the likeliest story of each prompt repeats
    /// one choice all over, so that even the teachers' shares lie between 26 and 100 %, and between 74 and 78 % where stories are drawn.
    /// </summary>
    private void JudgeDrawn()
    {
        void Say(string one, string other) => Difference(one, other, row => row.Drawn, "valid stories that are drawn");
        foreach (var (soft, hard) in ((string, string)[])[("soft, 200", "hard, 200"), (SoftLabels, HardLabels), (SoftLabels, "hard, 3200")])
            Say(soft, hard);
        foreach (var kind in (string[])["top-k 5 %", "sampled 12", "sampled 40"]) Say(kind, SoftLabels);
        foreach (var control in (string[])["fixed-data", "fixed, forward KL", "fresh-teacher", "fresh-teacher-equal-cost", "without teacher"])
            Say(OnPolicy, control);
    }

    /// <summary>A bar: one is below the other by so much, in the mean of the seeds; the interval stands beside it.</summary>
    private void Less(string one, string other, Func<Row, double> of, string what, double atLeast = 0) =>
        _bars.Check(what, Difference(other, one, of, what), atLeast, double.PositiveInfinity);

    /// <summary>A bar: at most half the exposure bias. A ratio would say nothing where the other's is about 0.</summary>
    private void Halved(string one, string other) => _bars.Check($"half the exposure bias of {other} less that of {one}, points",
        Mean(other, row => row.Exposure) / 2 - Mean(one, row => row.Exposure), 0, double.PositiveInfinity);

    private double Difference(string one, string other, Func<Row, double> of, string what)
    {
        var (mean, interval) = PairedSeeds.Difference([.. _rows[one].Select(of)], [.. _rows[other].Select(of)]);
        Console.WriteLine(Invariant($"{one} − {other}, {what}: {mean:0.000}")
            + (interval is { } range ? Invariant($" [{range.Low:0.000}, {range.High:0.000}]") : ""));
        return mean;
    }

    private double Closed(string kind) =>
        (Mean(HardLabels, row => row.Kl) - Mean(kind, row => row.Kl)) / (Mean(HardLabels, row => row.Kl) - Mean(SoftLabels, row => row.Kl));

    private double Mean(string name, Func<Row, double> of) => _rows[name].Average(of);

    private static string Line(string name, Func<Func<Row, double>, double> value) => $"{name,-26}" + string.Concat(Columns
        .Select(column => double.IsNaN(value(column.Of)) ? "" : value(column.Of).ToString(column.Format, CultureInfo.InvariantCulture))
        .Select(figure => $"{figure,13}"));

    private static double Elapsed(long started) => TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Row(double Loss, double Kl, double Greedy, double Drawn, double Exposure, double AlongOwn, double Calibration,
        double SureWrong, double Distinct, double Covered, double Seconds, double Peak, double Bytes, double Parameters, double Speed,
        double Latency);
}
