using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using Retort.Formats.Idx;
using Retort.Formats.Onnx;
using Retort.Formats.Safetensors;
using Retort.Teachers.Onnx;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx;

/// <summary>Real models beside the outputs that ONNX Runtime gave for them.</summary>
[Trait("Category", "Golden")]
public sealed class OnnxModelTests(ITestOutputHelper output)
{
    private const double Tolerance = 1e-4;

    [Fact]
    public void RecordedOutputsAgree()
    {
        var records = Folders("io.safetensors*").Where(folder => !folder.Contains("silero", StringComparison.Ordinal)).ToList();
        if (records.Count == 0) Assert.Skip("RETORT_DATA holds no ONNX models with io.safetensors.");
        using var device = new CpuDevice(1);
        foreach (var folder in records)
        {
            using var temporary = new TemporaryFolder();
            using var io = SafetensorsReader.Open(Plain(Directory.GetFiles(folder, "io.safetensors*")[0], temporary));
            using var program = new OnnxProgram(Model(folder), device);
            var (cases, worst) = (0, 0.0);
            for (; io.Entries.Keys.Any(name => name.StartsWith($"case{cases}/", StringComparison.Ordinal)); cases++)
            {
                var inputs = program.Inputs.Select(input => (OnnxValue)Array(io, $"case{cases}/in/{input.Name}")).ToArray();
                var outputs = program.Run(inputs);
                for (var i = 0; i < outputs.Count; i++)
                {
                    var name = $"case{cases}/out/{program.Outputs[i]}";
                    if (io.Entries.ContainsKey(name)) worst = Math.Max(worst, Distance((OnnxArray)outputs[i], Array(io, name)));
                }
            }
            output.WriteLine($"golden: onnx {Path.GetFileName(folder)}, {cases} cases, worst {worst:G3}");
            Assert.True(worst <= Tolerance, $"{folder}: {worst} off");
        }
    }

    [Fact]
    public void RecordedTensorFilesAgree()
    {
        var records = Folders("test_data_set_0").ToList();
        if (records.Count == 0) Assert.Skip("RETORT_DATA holds no ONNX models with test_data_set_0.");
        using var device = new CpuDevice(1);
        foreach (var folder in records)
        {
            using var program = new OnnxProgram(Model(folder), device);
            foreach (var set in Directory.GetDirectories(folder, "test_data_set_*"))
            {
                var found = (OnnxArray)program.Run([Read(Path.Combine(set, "input_0.pb"))])[0];
                var recorded = Read(Path.Combine(set, "output_0.pb"));
                // what lies beside the quantised model is the answer of the one before: OnnxRuntimeModelTests compares the numbers
                if (folder.Contains("quantized", StringComparison.Ordinal)) Assert.Equal(Best(recorded.Floats()), Best(found.Floats()));
                else Assert.InRange(Distance(found, recorded), 0, Tolerance);
            }
        }
    }

    [Theory]
    [InlineData("mnist8", 1)]
    [InlineData("mnist_mlp_bn", 255)]
    public void DigitsAreReadAsRecorded(string name, int divisor)
    {
        var golden = RealData.Files("golden.json").FirstOrDefault(path => Path.GetFileName(Path.GetDirectoryName(path)) == name);
        var images = RealData.Files("t10k-images-idx3-ubyte.gz").FirstOrDefault(path => path.Contains($"{Path.DirectorySeparatorChar}mnist{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        if (golden is null || images is null) Assert.Skip($"RETORT_DATA holds no {name} or no MNIST.");
        using var recorded = JsonDocument.Parse(File.ReadAllText(golden));
        var rows = recorded.RootElement.GetProperty("outputs_first_50").EnumerateArray().Select(row =>
            row.EnumerateArray().Select(number => number.GetDouble()).ToArray()).ToArray();
        var count = int.Parse(recorded.RootElement.GetProperty("images").GetString()!.Split(' ')[1]);
        var pixels = IdxReader.Read(images).Data;
        var labels = IdxReader.Read(images.Replace("images-idx3", "labels-idx1", StringComparison.Ordinal)).Data;
        using var device = new CpuDevice(1);
        using var program = new OnnxProgram(Model(Path.GetDirectoryName(golden)!), device);
        var (right, worst) = (0, 0.0);
        for (var image = 0; image < count; image++)
        {
            var input = new float[784];
            for (var i = 0; i < input.Length; i++) input[i] = (float)pixels[image * 784 + i] / divisor;
            var shape = program.Inputs[0].Shape!.Select(extent => (int)Math.Max(extent, 1)).ToArray();
            var logits = ((OnnxArray)program.Run([new OnnxArray<float>(OnnxType.Float, shape, input)])[0]).Floats();
            if (Best(logits) == labels[image]) right++;
            // the record keeps four decimals
            for (var i = 0; image < rows.Length && i < logits.Length; i++)
                worst = Math.Max(worst, (Math.Abs(logits[i] - rows[image][i]) - 5e-5) / Math.Max(1, Math.Abs(rows[image][i])));
        }
        var accuracy = recorded.RootElement.GetProperty("accuracy").GetDouble();
        output.WriteLine($"golden: onnx {name}, {count} images, accuracy {100.0 * right / count:F2} %, recorded {100 * accuracy:F2} %, worst {worst:G3}");
        Assert.True(worst <= Tolerance, $"{worst} off");
        Assert.Equal(accuracy, (double)right / count, 4);
    }

    /// <summary>Its state goes from call to call.</summary>
    [Fact]
    public void SpeechIsFoundAsRecorded()
    {
        var folder = Folders("io.safetensors").FirstOrDefault(folder => folder.Contains("silero", StringComparison.Ordinal));
        if (folder is null) Assert.Skip("RETORT_DATA holds no silero model.");
        using var io = SafetensorsReader.Open(Path.Combine(folder, "io.safetensors"));
        using var device = new CpuDevice(1);
        using var program = new OnnxProgram(Model(folder), device);
        var (wave, probabilities) = (Array(io, "in/wave").Floats(), Array(io, "out/prob").Floats());
        OnnxValue state = new OnnxArray<float>(OnnxType.Float, [2, 1, 128], new float[256]);
        var worst = 0.0;
        for (var chunk = 0; chunk < probabilities.Length; chunk++)
        {
            var samples = new float[576];
            for (var i = 0; i < samples.Length; i++) samples[i] = chunk * 512 + i - 64 is >= 0 and var at ? wave[at] : 0;
            var given = program.Inputs.Select(input => input.Name switch
            {
                "input" => new OnnxArray<float>(OnnxType.Float, [1, 576], samples),
                "sr" => new OnnxArray<long>(OnnxType.Int64, [], [16000]),
                _ => state,
            }).ToArray();
            var found = program.Run(given);
            worst = Math.Max(worst, Math.Abs(((OnnxArray)found[0]).Floats()[0] - probabilities[chunk]));
            state = found[1];
        }
        worst = Math.Max(worst, Distance((OnnxArray)state, Array(io, "out/final_state")));
        output.WriteLine($"golden: onnx silero, {probabilities.Length} chunks, worst {worst:G3}");
        Assert.True(worst <= Tolerance, $"{worst} off");
    }

    private static IEnumerable<string> Folders(string beside) => RealData.Files("model.onnx*").Select(path => Path.GetDirectoryName(path)!)
        .Where(folder => Directory.GetFileSystemEntries(folder, beside).Length > 0).Order(StringComparer.Ordinal);

    private static OnnxModel Model(string folder) => OnnxReader.Read(Directory.GetFiles(folder, "model.onnx*")[0]);

    private static OnnxArray Read(string path) => OnnxArray.Of(OnnxReader.ReadTensor(File.ReadAllBytes(path), path));

    private static int Best(float[] row) => System.Array.IndexOf(row, row.Max());

    private static double Distance(OnnxArray found, OnnxArray wanted)
    {
        Assert.Equal(wanted.Count, found.Count);
        return found.Doubles().Zip(wanted.Doubles()).Select(pair => Math.Abs(pair.First - pair.Second) / Math.Max(1, Math.Abs(pair.Second)))
            .DefaultIfEmpty(0).Max();
    }

    private static string Plain(string path, TemporaryFolder temporary)
    {
        if (!path.EndsWith(".gz", StringComparison.Ordinal)) return path;
        var plain = Path.Combine(temporary.Path, "io.safetensors");
        using var source = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var target = File.Create(plain);
        source.CopyTo(target);
        return plain;
    }

    private static OnnxArray Array(SafetensorsReader io, string name)
    {
        var entry = io.Entries[name];
        var shape = entry.Shape.Select(extent => (int)extent).ToArray();
        var bytes = io.Bytes(name);
        return entry.DataType switch
        {
            SafetensorsType.F32 => new OnnxArray<float>(OnnxType.Float, shape, MemoryMarshal.Cast<byte, float>(bytes).ToArray()),
            SafetensorsType.I64 => new OnnxArray<long>(OnnxType.Int64, shape, MemoryMarshal.Cast<byte, long>(bytes).ToArray()),
            SafetensorsType.I32 => new OnnxArray<int>(OnnxType.Int32, shape, MemoryMarshal.Cast<byte, int>(bytes).ToArray()),
            _ => new OnnxArray<byte>(OnnxType.UInt8, shape, bytes.ToArray()),
        };
    }
}
