using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Retort.Testing;

/// <summary>A tensor of 32-bit floats or 64-bit whole numbers that goes into a graph or comes out of it.</summary>
public sealed record NodeTensor(string Name, int[] Shape, Array Data);

/// <summary>ONNX Runtime for Node.js, a runtime that we did not write, to judge the models that we do.</summary>
public sealed class OnnxRuntimeNode : IDisposable
{
    private const string Script = """
        const fs = require('fs');
        const path = require('path');
        const runtime = require('onnxruntime-node');
        const numbers = { float32: Float32Array, int64: BigInt64Array };
        const sessions = {};
        async function answer({ model, folder }) {
          const session = sessions[`${model} ${fs.statSync(model).mtimeMs}`] ??= await runtime.InferenceSession.create(model);
          const feeds = {};
          JSON.parse(fs.readFileSync(path.join(folder, 'inputs.json'))).forEach(({ name, type, shape }, i) => {
            const bytes = fs.readFileSync(path.join(folder, `in-${i}`));
            const own = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
            feeds[name] = new runtime.Tensor(type, new numbers[type](own), shape);
          });
          const results = await session.run(feeds);
          const outputs = session.outputNames.map((name, i) => {
            const { data, dims } = results[name];
            fs.writeFileSync(path.join(folder, `out-${i}`), Buffer.from(data.buffer, data.byteOffset, data.byteLength));
            return { name, shape: dims };
          });
          fs.writeFileSync(path.join(folder, 'outputs.json'), JSON.stringify(outputs));
        }
        console.log('ready');
        (async () => {
          for await (const line of require('readline').createInterface({ input: process.stdin }))
            console.log(await answer(JSON.parse(line)).then(() => 'done', error => String(error && error.message || error).replaceAll('\n', ' ')));
        })();
        """;

    private readonly NodePackages _packages;
    private readonly Process _node;

    private OnnxRuntimeNode(NodePackages packages, Process node) => (_packages, _node) = (packages, node);

    /// <summary>Where node finds the package.</summary>
    public string Folder => _packages.Folder;

    /// <summary>
    /// Null when this machine cannot run it; then <paramref name="whySkipped"/> says what was skipped and how to have it.
    /// </summary>
    public static OnnxRuntimeNode? TryCreate(out string whySkipped)
    {
        const string what = "the check of ONNX files against ONNX Runtime";
        if (NodePackages.TryCreate(what, out whySkipped, NodePackages.Runtime) is not { } packages) return null;
        var node = packages.Start("session.cjs", Script); // it ends with its input, and that with this process
        if (node.StandardOutput.ReadLine() == "ready") return new OnnxRuntimeNode(packages, node);
        whySkipped = $"{what} was skipped: node cannot load {NodePackages.Runtime}. To have it, let npm fetch it for this machine.";
        node.Dispose();
        return null;
    }

    /// <summary>Runs a model on one float input and returns its first output, flat.</summary>
    public float[] Run(string onnxPath, string inputName, int[] shape, float[] data) =>
        (float[])Run(onnxPath, [new NodeTensor(inputName, shape, data)])[0].Data;

    /// <summary>Runs a model whose outputs are floats, and returns them in its order.</summary>
    public IReadOnlyList<NodeTensor> Run(string onnxPath, IReadOnlyList<NodeTensor> inputs)
    {
        var files = Directory.CreateTempSubdirectory("retort-onnx-");
        string At(string name) => Path.Combine(files.FullName, name);
        try
        {
            File.WriteAllText(At("inputs.json"), JsonSerializer.Serialize(inputs.Select(input =>
                new { name = input.Name, type = input.Data is float[] ? "float32" : "int64", shape = input.Shape })));
            foreach (var (i, input) in inputs.Index())
                File.WriteAllBytes(At($"in-{i}"), input.Data is float[] floats
                    ? MemoryMarshal.AsBytes(floats.AsSpan())
                    : MemoryMarshal.AsBytes(((long[])input.Data).AsSpan()));
            _node.StandardInput.WriteLine(JsonSerializer.Serialize(new { model = Path.GetFullPath(onnxPath), folder = files.FullName }));
            var said = _node.StandardOutput.ReadLine();
            if (said != "done") throw new InvalidOperationException($"ONNX Runtime: {said}");
            using var outputs = JsonDocument.Parse(File.ReadAllText(At("outputs.json")));
            return [.. outputs.RootElement.EnumerateArray().Select((output, i) => new NodeTensor(output.GetProperty("name").GetString()!,
                [.. output.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())],
                MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(At($"out-{i}"))).ToArray()))];
        }
        finally
        {
            files.Delete(recursive: true);
        }
    }

    public void Dispose()
    {
        _node.StandardInput.Close();
        _node.WaitForExit(TimeSpan.FromSeconds(10));
        _node.Dispose();
    }
}
