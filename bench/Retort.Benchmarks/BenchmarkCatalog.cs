using Retort.Benchmarks.SingleKernels;
using Retort.Benchmarks.Steps;

namespace Retort.Benchmarks;

/// <summary>Everything that <c>retort bench</c> measures. Adding something = its file and one line here.</summary>
public static class BenchmarkCatalog
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        .. MatrixProduct.Shapes.Select(MatrixProduct.Of),
        new("kd-loss-1024x8192", RowLossKernel.Text, device => new RowLossKernel(device, 1024, 8192)),
        new("kd-loss-1024x32768", RowLossKernel.Text, device => new RowLossKernel(device, 1024, 32768)),
        new("adamw-7m", AdamWKernel.Text, device => new AdamWKernel(device, 7_000_000)),
        new("mlp-step", MlpModel.StepText, device => new DistillationStep(MlpModel.Create(device), 128)),
        new("mlp-infer-1", MlpModel.InferText, device => new Inference(MlpModel.Create(device), 1)),
        new("mlp-infer-32", MlpModel.InferText, device => new Inference(MlpModel.Create(device), 32)),
    ];
}
