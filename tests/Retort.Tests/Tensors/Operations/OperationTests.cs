using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Tensors.Operations;

/// <summary>Every operation case: the tape against finite differences, device against device, and the same bits every time.</summary>
[Trait("Category", "Width")]
public sealed class OperationTests
{
    public static TheoryData<string> Names => [.. OperationCases.All.Select(operation => operation.Name)];

    public static TheoryData<string> Smooth =>
        [.. OperationCases.All.Where(operation => !operation.Detaches).Select(operation => operation.Name)];

    private static OperationCase Named(string name) => OperationCases.All.Single(operation => operation.Name == name);

    [Theory]
    [MemberData(nameof(Smooth))]
    public void TheGradientIsThatOfFiniteDifferences(string name)
    {
        using var device = new ReferenceDevice();
        Assert.InRange(Named(name).GradientError(device), 0, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheProcessorAgreesWithTheReference(string name)
    {
        using var reference = new ReferenceDevice();
        using var device = new CpuDevice(2);
        var (expected, found) = (Named(name).On(reference), Named(name).On(device));
        AssertClose(name, expected.Output, found.Output);
        Assert.Equal(expected.Gradients.Length, found.Gradients.Length);
        for (var i = 0; i < expected.Gradients.Length; i++) AssertClose($"{name}, gradient {i}", expected.Gradients[i], found.Gradients[i]);
    }

    [Fact]
    public void ThirtyRepetitionsGiveEqualBitsOnOneThreadAndOnTwo()
    {
        foreach (var threads in new[] { 1, 2 })
        {
            using var device = new CpuDevice(threads);
            var first = OperationCases.All.Select(operation => operation.On(device)).ToArray();
            for (var repetition = 1; repetition < 30; repetition++)
                for (var i = 0; i < first.Length; i++)
                {
                    var again = OperationCases.All[i].On(device);
                    Assert.True(Bits(first[i]).SequenceEqual(Bits(again)),
                        $"{OperationCases.All[i].Name}, repetition {repetition}, {threads} threads");
                }
        }
    }

    private static IEnumerable<long> Bits(OperationResult result) =>
        result.Gradients.Prepend(result.Output).SelectMany(numbers => numbers).Select(BitConverter.DoubleToInt64Bits);

    private static void AssertClose(string name, double[] expected, double[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        var scale = expected.Select(Math.Abs).Append(1).Max();
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - found[i]) <= 1e-5 * scale,
                $"{name}[{i}]: {found[i]:R} instead of {expected[i]:R} (scale {scale:g3})");
    }
}
