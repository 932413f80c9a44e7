using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Retort.Testing;

/// <summary>
/// ONNX Runtime for Node.js, a runtime that we did not write, to judge the models that we do. Installed once, by npm,
/// into <c>artifacts/npm</c>: one package, its version pinned, its scripts not run.
/// </summary>
public sealed class OnnxRuntimeNode
{
    private const string Package = "onnxruntime-node@1.30.0";

    private const string Script = """
        const fs = require('fs');
        const runtime = require('onnxruntime-node');
        const [model, input, shape, data, answer] = process.argv.slice(2);
        (async () => {
          const session = await runtime.InferenceSession.create(model);
          const bytes = fs.readFileSync(data);
          const floats = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
          const results = await session.run({ [input]: new runtime.Tensor('float32', floats, JSON.parse(shape)) });
          const first = results[session.outputNames[0]].data;
          fs.writeFileSync(answer, Buffer.from(first.buffer, first.byteOffset, first.byteLength));
        })().catch(error => { console.error(String(error && error.message || error)); process.exit(1); });
        """;

    private readonly string _folder;

    private OnnxRuntimeNode(string folder) => _folder = folder;

    /// <summary>Where node finds the package.</summary>
    public string Folder => _folder;

    /// <summary>
    /// Null when this machine cannot run it; then <paramref name="whySkipped"/> says what was skipped and how to have it.
    /// </summary>
    public static OnnxRuntimeNode? TryCreate(out string whySkipped)
    {
        whySkipped = "";
        var folder = Path.Combine(RepositoryRoot(), "artifacts", "npm");
        Directory.CreateDirectory(folder);
        try
        {
            // Several test processes may want it at once: the file is a lock, held while npm works.
            using var turn = WaitForTurn(Path.Combine(folder, "install.lock"));
            if (!IsInstalled(folder))
                Execute("npm", folder, TimeSpan.FromMinutes(3), "install", "--ignore-scripts", "--no-audit", "--no-fund", Package);
            File.WriteAllText(Path.Combine(folder, "run.cjs"), Script);
            Execute("node", folder, TimeSpan.FromMinutes(1), "-e", "require('onnxruntime-node')");
            return new OnnxRuntimeNode(folder);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception or IOException)
        {
            whySkipped = $"the check of ONNX files against ONNX Runtime was skipped: {error.Message.Trim()}. "
                + $"To have it, install Node.js 20 with npm, and let npm fetch {Package}.";
            return null;
        }
    }

    /// <summary>Runs a model on one float input and returns its first output, flat.</summary>
    public float[] Run(string onnxPath, string inputName, int[] shape, float[] data)
    {
        var files = Directory.CreateTempSubdirectory("retort-onnx-");
        try
        {
            var (input, answer) = (Path.Combine(files.FullName, "input"), Path.Combine(files.FullName, "answer"));
            File.WriteAllBytes(input, MemoryMarshal.AsBytes(data.AsSpan()));
            Execute("node", _folder, TimeSpan.FromMinutes(1), "run.cjs", Path.GetFullPath(onnxPath), inputName,
                JsonSerializer.Serialize(shape), input, answer);
            return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(answer)).ToArray();
        }
        finally
        {
            files.Delete(recursive: true);
        }
    }

    private static bool IsInstalled(string folder)
    {
        var manifest = Path.Combine(folder, "node_modules", "onnxruntime-node", "package.json");
        if (!File.Exists(manifest))
            return false;
        using var json = JsonDocument.Parse(File.ReadAllText(manifest));
        return Package.EndsWith('@' + json.RootElement.GetProperty("version").GetString(), StringComparison.Ordinal);
    }

    private static FileStream WaitForTurn(string path)
    {
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(3))
            {
                Task.Delay(100).Wait();
            }
        }
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Retort.slnx")))
                return folder.FullName;
        return AppContext.BaseDirectory;
    }

    private static void Execute(string program, string folder, TimeSpan limit, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder,
            RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{program} took longer than {limit.TotalSeconds:0} s");
        }

        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with code {process.ExitCode}: {errors.Result}{output.Result}");
    }
}
