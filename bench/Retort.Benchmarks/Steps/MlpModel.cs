using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.Steps;

/// <summary>784-800-800-10 with ReLU. The weight [out, in] of layer i = 1, 2, 3 comes from seed i with scale 1/√in; biases are 0.</summary>
internal static class MlpModel
{
    public const string StepText = "784-800-800-10, " + DistillationStep.Text;
    public const string InferText = "784-800-800-10, " + Inference.Text;

    public static BenchmarkModel Create(Device device)
    {
        var mlp = new Mlp(new Shape(784), [800, 800], 10);
        mlp.Build(device, default);
        for (var i = 0; i < mlp.Layers.Count; i++)
            PeerNumbers.Fill(mlp.Layers[i].Weight.Value, (uint)(i + 1), 1 / Math.Sqrt(mlp.Layers[i].Weight.Shape[1]));
        return new BenchmarkModel(mlp, mlp.Layers[0].Weight.Shape.Count);
    }
}
