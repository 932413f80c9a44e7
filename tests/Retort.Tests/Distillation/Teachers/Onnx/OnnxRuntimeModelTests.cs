using Retort.Formats.Onnx;
using Retort.Teachers.Onnx;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx;

/// <summary>
/// The quantised MNIST model beside ONNX Runtime itself: the output that lies beside it is that of the model before it was quantised, which
/// no runtime can give to 1e-4.
/// </summary>
[Trait("Category", "Verifier")]
public sealed class OnnxRuntimeModelTests(ITestOutputHelper output)
{
    [Fact]
    public void TheQuantisedModelAnswersAsInOnnxRuntime()
    {
        var path = RealData.Files("model.onnx").FirstOrDefault(file => file.Contains("mnist_quantized", StringComparison.Ordinal));
        if (path is null) Assert.Skip("RETORT_DATA holds no mnist_quantized.");
        using var runtime = OnnxRuntimeNode.TryCreate(out var whySkipped);
        if (runtime is null)
        {
            Assert.Skip(whySkipped);
            return;
        }
        var file = Path.Combine(Path.GetDirectoryName(path)!, "test_data_set_0", "input_0.pb");
        var image = OnnxReader.ReadTensor(File.ReadAllBytes(file), file);
        using var device = new CpuDevice(1);
        using var program = new OnnxProgram(OnnxReader.Read(path), device);
        int[] shape = [1, 1, 28, 28];
        var found = ((OnnxArray)program.Run([OnnxArray.Of(shape, (float[])image.Elements)])[0]).Floats();
        var expected = runtime.Run(path, program.Inputs[0].Name, shape, (float[])image.Elements);
        var worst = found.Zip(expected).Max(pair => Math.Abs(pair.First - pair.Second) / Math.Max(1, Math.Abs(pair.Second)));
        output.WriteLine($"golden: onnx mnist_quantized beside ONNX Runtime, worst {worst:G3}");
        Assert.InRange(worst, 0, 1e-4);
    }
}
