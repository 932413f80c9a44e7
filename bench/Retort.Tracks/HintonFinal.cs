using System.Globalization;
using Retort.Recipes;

namespace Retort.Tracks;

/// <summary>
/// Section 3 of Hinton 2015 on all 60,000 training images; bias shifts come from the training images too. Test is read once a model.
/// </summary>
internal sealed class HintonFinal(string folder)
{
    private const string Teacher = "1 teacher", Alone = "2 student alone", Hot = "3 distilled, T = 20", Best = "4 distilled, T chosen",
        NoThrees = "5 no threes", TwoClasses = "6 only 7 and 8", ShareHard = "7 3 % of the data, hard",
            ShareSoft = "7 3 % of the data, soft";

    private const double Threes = 1010, TestImages = 10_000;

    private readonly SortedDictionary<string, List<double>> _results = new(StringComparer.Ordinal);

    /// <returns>Whether every bar is met.</returns>
    public bool Run(int seeds)
    {
        var settings = HintonSettings.Read(folder);
        Console.WriteLine($"settings: {settings}");
        var started = TimeProvider.System.GetTimestamp();
        var data = Workbench.Mnist(0);
        for (var seed = 1; seed <= seeds; seed++)
        {
            Console.WriteLine($"seed {seed}");
            using var bench = new Workbench(Path.Combine(folder, $"final-{seed}"), data, (ulong)seed);
            One(bench, settings);
        }
        Console.WriteLine($"{TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s for {seeds} seeds");
        foreach (var (name, values) in _results) Print(name, values);
        return Judge();
    }

    /// <summary>The paper's figures beside each: 67, 146, 74; threes 1 − 14/1010; 13.2 %; its speech task for the 3 %.</summary>
    private bool Judge()
    {
        var bars = new Bars();
        var alone = Mean(Alone);
        bars.Check("teacher's errors (paper 67)", Mean(Teacher), 0, 85);
        bars.Check("student alone (paper 146)", alone, 130, 165);
        bars.Check("distilled at T = 20 (paper 74)", Mean(Hot), 0, 105);
        bars.Check("distilled at the T chosen", Mean(Best), 0, 95);
        bars.Check("  as a share of the student alone", Mean(Best) / alone, 0, 0.67);
        bars.Check("no threes: share of threes right after the shift (paper 0.986)", 1 - Mean($"{NoThrees}: wrong threes after") / Threes,
            0.95, 1);
        bars.Check("only 7 and 8: error after the shift (paper 0.132)", Mean($"{TwoClasses}: errors after") / TestImages, 0, 0.15);
        bars.Check("3 % of the data: errors of soft / hard", Mean(ShareSoft) / Mean(ShareHard), 0, 0.55);
        return bars.AllMet;
    }

    private double Mean(string title) => _results[title].Average();

    private void One(Workbench bench, HintonSettings settings)
    {
        var student = HintonSettings.StudentModel;
        var teacher = bench.Fit("teacher", HintonSettings.TeacherModel, HintonSettings.TeacherTraining, HintonSettings.Hard);
        bench.Label(teacher);
        Record(Teacher, bench, teacher);
        Record(Alone, bench, bench.Fit("hard", student, HintonSettings.Sgd(settings.HardRate, settings.HardEpochs), HintonSettings.Hard));
        Record(Hot, bench, bench.Fit("soft-20", student, HintonSettings.Sgd(settings.HotRate, 20), HintonSettings.Soft(20)));
        Record(Best, bench, bench.Fit("soft-best", student, HintonSettings.Sgd(settings.SoftRate, settings.SoftEpochs),
            HintonSettings.Soft(settings.Temperature)));
        Omitted(bench, NoThrees, "no-threes", [0, 1, 2, 4, 5, 6, 7, 8, 9], [3], 20, settings.HotRate);
        Omitted(bench, TwoClasses, "sevens-eights", [7, 8], [7, 8], 60, 2 * settings.HotRate);
        var share = new DataRecipe { Source = "idx", TransferShare = 0.03 };
        Record(ShareHard, bench, bench.Fit("share-hard", student, HintonSettings.Sgd(settings.FewHard.Rate, settings.FewHard.Epochs),
            HintonSettings.Hard, share));
        Record(ShareSoft, bench, bench.Fit("share-soft", student, HintonSettings.Sgd(settings.FewSoft.Rate, settings.FewSoft.Epochs),
            HintonSettings.Soft(20), share));
    }

    private void Omitted(Workbench bench, string title, string name, int[] kept, int[] shifted, int epochs, double rate)
    {
        var transfer = new DataRecipe { Source = "idx", TransferClasses = kept };
        var model = bench.Fit(name, HintonSettings.StudentModel, HintonSettings.Sgd(rate, epochs), HintonSettings.Soft(20), transfer);
        var logits = bench.Logits(model, bench.Data.Test);
        var shift = Workbench.BestShift(bench.Logits(model, bench.Data.Train), bench.Data.Train, shifted);
        var before = Workbench.Errors(logits, bench.Data.Test, 3);
        var after = Workbench.Errors(logits, bench.Data.Test, 3, shift, shifted);
        Add($"{title}: errors before", before.All);
        Add($"{title}: errors after", after.All);
        Add($"{title}: bias shift", shift);
        if (!kept.Contains(3) && kept.Length == 9)
        {
            Add($"{title}: wrong threes before", before.OfClass);
            Add($"{title}: wrong threes after", after.OfClass);
        }
    }

    private void Record(string title, Workbench bench, string model) =>
        Add(title, Workbench.Errors(bench.Logits(model, bench.Data.Test), bench.Data.Test).All);

    private void Add(string title, double value)
    {
        if (!_results.TryGetValue(title, out var values)) _results[title] = values = [];
        values.Add(value);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {title}: {value}"));
    }

    private static void Print(string name, List<double> values)
    {
        var mean = values.Average();
        var deviation = values.Count > 1 ? Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)) : 0;
        var half = values.Count == 3 ? 4.303 * deviation / Math.Sqrt(3) : double.NaN; // Student's t, 2 degrees of freedom
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-36} mean {mean:0.##} ± {half:0.#} (95 %)  [{string.Join(", ", values)}]"));
    }
}
