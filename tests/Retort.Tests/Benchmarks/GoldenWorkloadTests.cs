using Retort.Benchmarks.SingleKernels;
using Retort.Benchmarks.Steps;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Benchmarks;

/// <summary>Whole steps against losses on which another framework agreed (PyTorch 2.14.1, same generator of weights and data).</summary>
public sealed class GoldenWorkloadTests
{
    [Fact]
    public void MlpStep()
    {
        using var device = new CpuDevice(2);
        using var step = new DistillationStep(MlpModel.Create(device), batch: 128);
        var losses = new double[20];
        for (var i = 0; i < losses.Length; i++)
        {
            step.Run();
            losses[i] = step.Loss();
        }
        Assert.Equal(2.215619, losses[0], 2e-6);
        Assert.Equal(2.088089, losses[1], 2e-6);
        Assert.Equal(1.965863, losses[2], 2e-6);
        Assert.Equal(0.758864, losses[^1], 5e-6);
    }

    /// <summary>Cross-entropy alone, whose losses are known.</summary>
    [Fact]
    public void GptStep()
    {
        double[] golden = [9.160881, 8.122663, 7.241189, 6.390312, 5.590243, 4.849277];
        using var device = new CpuDevice(2);
        using var step = new LanguageStep(GptModel.Create(device), batch: 8, length: 128, RowLossTerms.HardOnly());
        foreach (var loss in golden)
        {
            step.Run();
            Assert.Equal(loss, step.Loss(), 1e-5);
        }
    }

    [Fact]
    public void RowLoss()
    {
        using var device = new CpuDevice(2);
        using var kernel = new RowLossKernel(device, 64, 8192, temperature: 2);
        kernel.Run();
        Assert.Equal(7.498333, kernel.Loss(), 2e-6);
        Assert.Equal(6.255793e-02, kernel.GradientNorm, 2e-7);
    }
}
