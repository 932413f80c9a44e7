using System.Globalization;
using Retort.Recipes;

namespace Retort.Tracks;

/// <summary>"With 30 units a layer, temperatures from 2.5 to 4 work significantly better" (Hinton 2015, section 3).</summary>
internal sealed class UnitSweep(string folder)
{
    private static readonly double[] Temperatures = [1, 2.5, 4, 8, 20];

    /// <returns>Whether the optimum lies where the paper has it.</returns>
    public bool Run(int seeds)
    {
        var model = new ModelRecipe { Kind = "mlp", Hidden = [30, 30] };
        var errors = Temperatures.ToDictionary(temperature => temperature, _ => new List<double>());
        using var bench = new Workbench(Path.Combine(folder, "units"), Workbench.Mnist(10_000), 1);
        bench.Label(bench.Fit("teacher", HintonSettings.TeacherModel, HintonSettings.TeacherTraining with { Epochs = 10 },
            HintonSettings.Hard));
        for (var seed = 1; seed <= seeds; seed++)
            foreach (var temperature in Temperatures)
            {
                var student = bench.Fit($"units-{temperature}-{seed}", model, HintonSettings.Sgd(0.02, 30),
                    HintonSettings.Soft(temperature), seed: (ulong)seed);
                errors[temperature].Add(Workbench.Errors(bench.Logits(student, bench.Data.Test), bench.Data.Test).All);
            }
        foreach (var (temperature, values) in errors)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"T = {temperature,-4} mean {values.Average():0.0} errors  [{string.Join(", ", values)}]"));
        var bars = new Bars();
        bars.Check("30 units, best T", errors.MinBy(pair => pair.Value.Average()).Key, 2.5, 4);
        return bars.AllMet;
    }
}
