using System.Globalization;
using Retort.Recipes;

namespace Retort.Tracks;

/// <summary>Section 3 of Hinton 2015 on all 60,000 training images; bias shifts come from the training images too. Test is read once a model.</summary>
internal sealed class HintonFinal(string folder)
{
    private readonly SortedDictionary<string, List<double>> _results = new(StringComparer.Ordinal);

    public void Run(int seeds)
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
    }

    private void One(Workbench bench, HintonSettings settings)
    {
        var student = HintonSettings.StudentModel;
        var teacher = bench.Fit("teacher", HintonSettings.TeacherModel, HintonSettings.TeacherTraining, HintonSettings.Hard);
        bench.Label(teacher);
        Record("1 teacher", bench, teacher);
        Record("2 student alone", bench, bench.Fit("hard", student, HintonSettings.Sgd(settings.HardRate, settings.HardEpochs), HintonSettings.Hard));
        Record("3 distilled, T = 20", bench, bench.Fit("soft-20", student, HintonSettings.Sgd(settings.HotRate, settings.SoftEpochs), HintonSettings.Soft(20)));
        Record($"4 distilled, T = {settings.Temperature}", bench, bench.Fit("soft-best", student, HintonSettings.Sgd(settings.SoftRate, settings.SoftEpochs), HintonSettings.Soft(settings.Temperature)));
        Omitted(bench, "5 no threes", "no-threes", [0, 1, 2, 4, 5, 6, 7, 8, 9], [3], settings.SoftEpochs, settings.HotRate);
        Omitted(bench, "6 only 7 and 8", "sevens-eights", [7, 8], [7, 8], 60, 2 * settings.HotRate);
        var share = new DataRecipe { Source = "idx", TransferShare = 0.03 };
        Record("7 3 % of the data, hard", bench, bench.Fit("share-hard", student, HintonSettings.Sgd(settings.HardRate, 100), HintonSettings.Hard, share));
        Record("7 3 % of the data, soft", bench, bench.Fit("share-soft", student, HintonSettings.Sgd(settings.HotRate, 100), HintonSettings.Soft(20), share));
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

    private void Record(string title, Workbench bench, string model) => Add(title, Workbench.Errors(bench.Logits(model, bench.Data.Test), bench.Data.Test).All);

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
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-36} mean {mean:0.##} ± {half:0.#} (95 %)  [{string.Join(", ", values)}]"));
    }
}
