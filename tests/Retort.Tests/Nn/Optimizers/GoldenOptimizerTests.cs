using System.Text.Json;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Nn.Optimizers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Nn.Optimizers;

/// <summary>Twelve updates of each optimiser against those of another implementation.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenOptimizerTests
{
    [Theory]
    [InlineData("sgd", false)]
    [InlineData("sgd", true)]
    [InlineData("sgd_momentum", false)]
    [InlineData("sgd_momentum", true)]
    [InlineData("sgd_nesterov", false)]
    [InlineData("sgd_nesterov", true)]
    [InlineData("adamw", false)]
    [InlineData("adamw", true)]
    public void Trajectory(string name, bool cpu)
    {
        var path = Fixtures.Path("ops/optimizers.json", out var absent);
        if (path is null) Assert.Skip(absent);
        using var document = Fixtures.Read(path);
        var root = document.RootElement;
        var given = root.GetProperty("optimizers").GetProperty(name);
        var parameters = given.GetProperty("params");
        using Device device = cpu ? new CpuDevice(1) : new ReferenceDevice();
        using var model = new Mlp(new Shape(3), [], 2);
        model.Build(device, default);
        using var optimizer = Create(name, model.Weights, parameters);
        var place = model.Weights.Flat.Part(0, new Shape(3));
        device.Write(place, Numbers(given.GetProperty("start")));
        device.Kernels.Fill(model.Weights.Gradients.Storage, 0);
        var (matrix, targets) = (root.GetProperty("A").EnumerateArray().Select(Numbers).ToArray(), Numbers(root.GetProperty("y")));
        var report = new GoldenReport($"ops/optimizers.json, {name} on {device.Name}");
        var update = 0L;
        foreach (var expected in given.GetProperty("trajectory").EnumerateArray().Select(Numbers))
        {
            device.Write(model.Weights.Gradients.Part(0, new Shape(3)), Gradient(matrix, targets, device.ToDoubles(place)));
            optimizer.Update(++update, parameters.GetProperty("lr").GetDouble());
            report.Compare($"step {update}", expected, device.ToDoubles(place), cpu ? 1e-5 : 1e-9, 1);
            report.Case();
        }
        TestContext.Current.TestOutputHelper!.WriteLine(report.Line);
        Assert.Equal(12, update);
        Assert.Empty(report.Failures);
    }

    private static Optimizer Create(string name, Weights weights, JsonElement parameters)
    {
        double Real(string key, double otherwise) => parameters.TryGetProperty(key, out var value) ? value.GetDouble() : otherwise;
        if (name != "adamw") return new Sgd(weights, Real("momentum", 0), name == "sgd_nesterov", Real("weight_decay", 0));
        double[] betas = parameters.TryGetProperty("betas", out var pair) ? Numbers(pair) : [0.9, 0.999];
        return new AdamW(weights, Real("weight_decay", 0.01), betas[0], betas[1], Real("eps", 1e-8));
    }

    /// <summary>Of mean((A p − y)²) + 0.1·Σp⁴.</summary>
    private static double[] Gradient(double[][] matrix, double[] targets, double[] point)
    {
        var gradient = point.Select(value => 0.4 * value * value * value).ToArray();
        for (var row = 0; row < matrix.Length; row++)
        {
            var residual = matrix[row].Zip(point, (left, right) => left * right).Sum() - targets[row];
            for (var i = 0; i < gradient.Length; i++) gradient[i] += 2 * residual * matrix[row][i] / matrix.Length;
        }
        return gradient;
    }

    private static double[] Numbers(JsonElement element) => [.. element.EnumerateArray().Select(number => number.GetDouble())];
}
