using System.Globalization;
using Retort.Recipes;

namespace Retort.Tracks;

/// <summary>"With 30 units a layer, temperatures from 2.5 to 4 work significantly better" (Hinton 2015, section 3).</summary>
internal sealed class UnitSweep(string folder)
{
    private static readonly double[] Temperatures = [1, 2.5, 4, 8, 20];

    public void Run(int seeds)
    {
        var model = new ModelRecipe { Kind = "mlp", Hidden = [30, 30] };
        var errors = Temperatures.ToDictionary(temperature => temperature, _ => new List<double>());
        var data = Workbench.Mnist(10_000);
        for (var seed = 1; seed <= seeds; seed++)
        {
            using var bench = new Workbench(Path.Combine(folder, $"units-{seed}"), data, (ulong)seed);
            bench.Label(bench.Fit("teacher", HintonSettings.TeacherModel, HintonSettings.TeacherTraining with { Epochs = 10 }, HintonSettings.Hard));
            foreach (var temperature in Temperatures)
            {
                var student = bench.Fit($"units-{temperature}", model, HintonSettings.Sgd(0.02, 30), HintonSettings.Soft(temperature));
                errors[temperature].Add(Workbench.Errors(bench.Logits(student, data.Test), data.Test).All);
            }
        }
        foreach (var (temperature, values) in errors)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"T = {temperature,-4} mean {values.Average():0.0} errors  [{string.Join(", ", values)}]"));
    }
}
