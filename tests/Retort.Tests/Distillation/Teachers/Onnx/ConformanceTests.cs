using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx;

/// <summary>The backend tests of onnx/onnx, straight from their archive.</summary>
[Trait("Category", "Golden")]
public sealed class ConformanceTests(ITestOutputHelper output)
{
    [Fact]
    public void MostCasesAgree()
    {
        var archive = RealData.Files("conformance_tests.tar.gz");
        if (archive.Length == 0) Assert.Skip("RETORT_DATA holds no conformance_tests.tar.gz.");
        var cases = ConformanceCase.ReadAll(archive[0]);
        var failures = new string?[cases.Count];
        Parallel.For(0, cases.Count, () => new CpuDevice(1), (i, _, device) =>
        {
            failures[i] = cases[i].Run(device);
            return device;
        }, device => device.Dispose());
        var failed = cases.Zip(failures).Where(pair => pair.Second is not null).ToList();
        foreach (var group in failed.GroupBy(pair => pair.First.Operators).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"{group.Count()} failed with {group.Key}:");
            foreach (var (item, failure) in group) output.WriteLine($"  {item.Name}  {failure}");
        }
        var numeric = cases.Count(item => item.IsNumeric);
        var passed = numeric - failed.Count(pair => pair.First.IsNumeric);
        output.WriteLine($"golden: onnx conformance, {cases.Count} cases, {cases.Count - failed.Count} agree; of {numeric} with numbers only {passed}, {100.0 * passed / numeric:F1} %");
        Assert.True(passed >= 0.98 * numeric, $"{passed} of {numeric} cases agree; 98 % did when this was written.");
    }
}
