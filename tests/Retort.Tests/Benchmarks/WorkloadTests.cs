using Retort.Benchmarks;
using Retort.Benchmarks.SingleKernels;
using Retort.Benchmarks.Steps;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Benchmarks;

public sealed class WorkloadTests
{
    private static readonly Dictionary<string, Func<Device, Workload>> Small = new()
    {
        ["mlp step"] = device => new DistillationStep(MlpModel.Create(device), 16),
        ["cnn step"] = device => new DistillationStep(CnnModel.Create(device), 4),
        ["mlp inference"] = device => new Inference(device, MlpModel.Create(device), 3),
        ["mlp inference in bfloat16"] = device => new Inference(device, MlpModel.Create(device), 3, DataType.BFloat16),
        ["mlp inference in int8"] = device => new Inference(device, MlpModel.Create(device), 3, DataType.Int8),
        ["cnn inference"] = device => new Inference(device, CnnModel.Create(device), 3),
        ["gpt step"] = device =>
            new LanguageStep(GptModel.Create(device, vocabulary: 300, layers: 1, tokens: 70), 2, 70, LanguageStep.Mixed),
        ["bert step"] = device => new EncoderStep(BertModel.Create(device, vocabulary: 300, layers: 1, length: 20), 3),
        ["bert inference"] = device => new Inference(device, BertModel.Create(device, vocabulary: 300, layers: 1, length: 20), 3),
        ["attention"] = device => new AttentionKernel(device, 2, 100, 2, 24),
        ["rms norm"] = device => new RmsNormKernel(device, 100, 64),
        ["gate"] = device => new GateKernel(device, 30, 70),
        ["head loss"] = device => new HeadLossKernel(device, 8, 1000),
        ["row loss"] = device => new RowLossKernel(device, 8, 1000),
        ["adamw"] = device => new AdamWKernel(device, 100_000),
        ["layer norm"] = device => new LayerNormKernel(device, 100, 64),
        ["batch norm"] = device => new BatchNormKernel(device, 4, 3, 8),
        ["softmax"] = device => new SoftmaxKernel(device, 100, 64),
        ["gelu"] = device => new UnaryKernel(device, Unary.Gelu, 100_000),
        ["convolution"] = device => new ConvolutionKernel(device, 4, 8, 16, 14),
    };

    public static TheoryData<string> Names => [.. Small.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void AllocateNothingInSteadyState(string name)
    {
        using var device = new CpuDevice(1);
        using var workload = Small[name](device);
        Assert.Equal((0, 0), SteadyStateTests.Allocated(device, workload.Run));
    }

    /// <summary>Managed memory alone: a worker takes its scratch memory when it first joins, and nobody can say when that is.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void AllocateNothingManagedOnTwoThreads(string name)
    {
        using var device = new CpuDevice(2);
        using var workload = Small[name](device);
        Assert.Equal(0, SteadyStateTests.Allocated(device, workload.Run).Managed);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheLossIsTheSameInEveryProcess(string name)
    {
        double Third()
        {
            using var device = new CpuDevice(2);
            using var workload = Small[name](device);
            for (var i = 0; i < 3; i++) workload.Run();
            return workload.Loss();
        }

        var loss = Third();
        Assert.True(double.IsFinite(loss) && loss > 0);
        Assert.Equal(loss, Third());
    }

    [Fact]
    public void NamesAreWordsOfOneLine()
    {
        var names = BenchmarkCatalog.All.Select(benchmark => benchmark.Name).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches("^[a-z0-9-]+$", name));
    }
}
