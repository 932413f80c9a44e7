namespace Retort.Tracks;

/// <summary>Rates and temperature by 10,000 training images that no model is fitted on; the test images are not looked at.</summary>
internal sealed class HintonSearch(string folder)
{
    public void Run()
    {
        using var bench = new Workbench(Path.Combine(folder, "search"), Workbench.Mnist(10_000), 1);
        var teacher = bench.Fit("teacher", HintonSettings.TeacherModel, HintonSettings.TeacherTraining, HintonSettings.Hard);
        bench.Label(teacher);
        var hard = new[] { 0.03, 0.1, 0.2 }.SelectMany(rate => new[] { 10, 20 }.Select(epochs => (rate, epochs))).MaxBy(pair =>
            bench.ValidationAccuracy(bench.Fit($"hard-{pair.rate}-{pair.epochs}", HintonSettings.StudentModel, HintonSettings.Sgd(pair.rate, pair.epochs), HintonSettings.Hard)));
        double Soft(double temperature, double rate, int epochs = 20) =>
            bench.ValidationAccuracy(bench.Fit($"soft-{temperature}-{rate}-{epochs}", HintonSettings.StudentModel, HintonSettings.Sgd(rate, epochs), HintonSettings.Soft(temperature)));
        var hot = new[] { 0.005, 0.01, 0.02 }.MaxBy(rate => Soft(20, rate));
        var (best, soft) = new[] { 1.0, 2, 4, 8 }.SelectMany(temperature => new[] { 0.02, 0.05 }.Select(rate => (temperature, rate))).MaxBy(pair => Soft(pair.temperature, pair.rate));
        var epochs = new[] { 20, 30 }.MaxBy(count => Soft(best, soft, count));
        var settings = new HintonSettings(hard.rate, hard.epochs, best, soft, hot, epochs);
        settings.Save(folder);
        Console.WriteLine($"chosen on validation: {settings}");
    }
}
