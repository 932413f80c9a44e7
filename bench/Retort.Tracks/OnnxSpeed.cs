using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Retort.Formats.Onnx;
using Retort.Formats.Safetensors;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;

namespace Retort.Tracks;

/// <summary>Our executor and onnxruntime-node on the same models, run by run in turns; medians are compared.</summary>
/// <param name="runs">That count, after a fifth as many that do not.</param>
internal sealed class OnnxSpeed(int runs)
{
    private const double MostTimes = 1.5;

    private readonly Bars _bars = new();

    public bool Run()
    {
        var data = Environment.GetEnvironmentVariable("RETORT_DATA") ?? "";
        var runtime = NodePackages.TryCreate("the comparison", out var why, NodePackages.Runtime) ?? throw new RetortException("tracks onnx", why);
        var models = Path.Combine(data, "onnx", "models");
        if (!Directory.Exists(models)) throw new RetortException("RETORT_DATA", $"'{models}' is not there.", "the folder of the real data.");
        var image = OnnxArray.Of(OnnxReader.ReadTensor(File.ReadAllBytes(Path.Combine(models, "mnist8", "test_data_set_0", "input_0.pb")), "input_0.pb"));
        foreach (var threads in new[] { 1, 2 })
        {
            Compare(runtime, "MNIST-8, one image", Path.Combine(models, "mnist8", "model.onnx"), _ => image, threads);
            using var io = SafetensorsReader.Open(Path.Combine(models, "tiny_gpt2_msft", "io.safetensors"));
            foreach (var number in new[] { 0, 1, 2 })
                Compare(runtime, $"tiny GPT-2, case {number} {Tokens(io, number)}", Path.Combine(models, "tiny_gpt2_msft", "model.onnx.gz"),
                    name => Recorded(io, $"case{number}/in/{name}"), threads);
        }
        return _bars.AllMet;
    }

    private void Compare(NodePackages runtime, string name, string path, Func<string, OnnxArray> input, int threads)
    {
        var plain = Path.Combine(Path.GetTempPath(), $"retort-onnx-speed-{Environment.ProcessId}.onnx");
        Unpack(path, plain);
        try
        {
            using var device = new CpuDevice(threads);
            using var program = new OnnxProgram(OnnxReader.Read(plain), device);
            var inputs = program.Inputs.Select(info => (info.Name, Value: input(info.Name))).ToList();
            OnnxValue[] values = [.. inputs.Select(pair => pair.Value)];
            using var peer = new OnnxPeer(runtime, plain, inputs, threads);
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var run = -runs / 5; run < runs; run++)
            {
                var other = peer.Run();
                var start = Stopwatch.GetTimestamp();
                program.Run(values);
                var own = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                if (run < 0) continue;
                ours.Add(own);
                theirs.Add(other);
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}, {threads} thread{(threads == 1 ? "" : "s")}: ours {Median(ours):0.000} ms, onnxruntime-node {Median(theirs):0.000} ms, medians of {runs} runs in turns"));
            _bars.Check($"times of onnxruntime-node, {name}, {threads} threads", Median(ours) / Median(theirs), 0, MostTimes);
        }
        finally
        {
            File.Delete(plain);
        }
    }

    private static void Unpack(string path, string plain)
    {
        using var source = File.OpenRead(path);
        using var content = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(source, CompressionMode.Decompress)
            : (Stream)source;
        using var target = File.Create(plain);
        content.CopyTo(target);
    }

    private static string Tokens(SafetensorsReader io, int number) => $"of {io.Entries[$"case{number}/in/input_ids"].Shape[1]} tokens";

    private static OnnxArray Recorded(SafetensorsReader io, string name)
    {
        var entry = io.Entries[name];
        var shape = entry.Shape.Select(extent => (int)extent).ToArray();
        var bytes = io.Bytes(name);
        return entry.DataType == SafetensorsType.I32
            ? new OnnxArray<int>(OnnxType.Int32, shape, MemoryMarshal.Cast<byte, int>(bytes).ToArray())
            : OnnxArray.Of(shape, MemoryMarshal.Cast<byte, float>(bytes).ToArray());
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
