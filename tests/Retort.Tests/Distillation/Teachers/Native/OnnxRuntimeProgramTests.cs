using Retort.Formats.Onnx;
using Retort.Teachers.Native;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Native;

/// <summary>ONNX Runtime behind the same interface.</summary>
public sealed class OnnxRuntimeProgramTests
{
    private static string Written(TemporaryFolder folder)
    {
        OnnxWriter.Write(folder.At("m.onnx"), new OnnxGraph("g").Input("x", OnnxType.Float, OnnxGraph.Batch, 2)
            .Initializer("w", [2, 2], [1f, 2, 3, 4]).Node("MatMul", ["x", "w"], ["y"]).Node("Relu", ["y"], ["z"])
            .Output("z", OnnxType.Float, OnnxGraph.Batch, 2));
        return folder.At("m.onnx");
    }

    [Fact]
    [Trait("Category", "Verifier")]
    public void ItAnswersAsTheManagedExecutor()
    {
        if (NodePackages.TryCreate("ONNX Runtime's library", out var whySkipped, NodePackages.Runtime) is not { } runtime)
        {
            Assert.Skip(whySkipped);
            return;
        }
        var library = Directory.GetFiles(runtime.Folder, "libonnxruntime.so*", SearchOption.AllDirectories)
            .FirstOrDefault(file => file.Contains("x64", StringComparison.Ordinal));
        if (library is null) Assert.Skip("the npm package holds no library for this system.");
        using var folder = new TemporaryFolder();
        var model = OnnxReader.Read(Written(folder));
        using var native = new OnnxRuntimeProgram(library, model, OnnxReader.ReadBytes(folder.At("m.onnx")).Span, 1);
        using var device = new CpuDevice(1);
        using var managed = new OnnxProgram(model, device);
        var x = OnnxArray.Of([3, 2], [1f, 0, -5, 1, 2, 3]);
        var (found, expected) = ((OnnxArray)native.Run([x])[0], (OnnxArray)managed.Run([x])[0]);
        Assert.Equal(expected.Shape, found.Shape);
        Assert.Equal(expected.Floats(), found.Floats());
        Assert.Equal(managed.Outputs, native.Outputs);
        var refusal = Assert.Throws<RetortException>(() => native.Run([OnnxArray.Of([1, 3], new float[3])]));
        Assert.StartsWith("ONNX Runtime", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALibraryThatIsNotThereIsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = Written(folder);
        var refusal = Assert.Throws<RetortException>(() =>
            new OnnxRuntimeProgram(folder.At("libonnxruntime.so"), OnnxReader.Read(path), OnnxReader.ReadBytes(path).Span, 1));
        Assert.Contains("cannot be loaded as ONNX Runtime", refusal.Message, StringComparison.Ordinal);
    }
}
