using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Retort.Formats.Onnx;
using Retort.Teachers.Onnx;
using Retort.Testing;
using Retort.Tensors;

namespace Retort.Tracks;

/// <summary>onnxruntime-node in a process of its own: one run for each line that it is sent.</summary>
internal sealed class OnnxPeer : IDisposable
{
    private const string Script = """
        const fs = require('fs');
        const runtime = require('onnxruntime-node');
        const [model, description, threads] = process.argv.slice(2);
        (async () => {
          const session = await runtime.InferenceSession.create(model, {
            intraOpNumThreads: +threads, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all' });
          const kinds = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array };
          const feeds = {};
          for (const input of JSON.parse(fs.readFileSync(description))) {
            const bytes = Buffer.from(input.Data, 'base64');
            const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
            feeds[input.Name] = new runtime.Tensor(input.Type, new kinds[input.Type](copy), input.Shape);
          }
          for await (const line of require('readline').createInterface({ input: process.stdin })) {
            const start = process.hrtime.bigint();
            await session.run(feeds);
            console.log(String(process.hrtime.bigint() - start));
          }
        })().catch(error => { console.error(String(error && error.message || error)); process.exit(1); });
        """;

    private readonly Process _process;
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("retort-onnx-peer-");

    /// <param name="runtime">Where the package is.</param>
    /// <param name="model">A plain .onnx file.</param>
    /// <param name="inputs">What each run is given.</param>
    /// <param name="threads">Within an operator.</param>
    public OnnxPeer(NodePackages runtime, string model, IEnumerable<(string Name, OnnxArray Value)> inputs, int threads)
    {
        var script = Path.Combine(runtime.Folder, "speed.cjs");
        File.WriteAllText(script, Script);
        var description = Path.Combine(_files.FullName, "inputs.json");
        File.WriteAllText(description, JsonSerializer.Serialize(inputs.Select(input => new
        {
            input.Name,
            Type = input.Value.Type switch { OnnxType.Int32 => "int32", OnnxType.Int64 => "int64", _ => "float32" },
            input.Value.Shape,
            Data = Convert.ToBase64String(Bytes(input.Value)),
        })));
        _process = Process.Start(new ProcessStartInfo("node",
            [script, Path.GetFullPath(model), description, threads.ToString(CultureInfo.InvariantCulture)])
        {
            WorkingDirectory = runtime.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>Milliseconds of one run, by the peer's own clock.</summary>
    public double Run()
    {
        _process.StandardInput.WriteLine();
        _process.StandardInput.Flush();
        return double.Parse(_process.StandardOutput.ReadLine() ?? throw new RunFailedException("onnxruntime-node", "it ended."),
            CultureInfo.InvariantCulture) / 1e6;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        _files.Delete(recursive: true);
    }

    private static byte[] Bytes(OnnxArray array) => array switch
    {
        OnnxArray<int> ints => MemoryMarshal.AsBytes(ints.Data.AsSpan()).ToArray(),
        OnnxArray<long> longs => MemoryMarshal.AsBytes(longs.Data.AsSpan()).ToArray(),
        _ => MemoryMarshal.AsBytes(array.Floats().AsSpan()).ToArray(),
    };
}
