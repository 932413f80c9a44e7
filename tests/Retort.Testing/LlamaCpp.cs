using System.Runtime.InteropServices;
using System.Text.Json;

namespace Retort.Testing;

/// <summary>What llama.cpp reads of a text, and what it answers behind each of its tokens.</summary>
/// <param name="Ids">The text's, by its own tokenizer.</param>
/// <param name="Logits">[tokens][vocabulary].</param>
public sealed record LlamaCppAnswer(int[] Ids, float[][] Logits);

/// <summary>llama.cpp itself, as node-llama-cpp packs it, to judge the GGUF files that we write.</summary>
public sealed class LlamaCpp
{
    private const string Version = "3.22.1";

    /// <summary>Keys and values in float32, no streaming softmax: else it rounds to 1e-3 and more.</summary>
    private const string Script = """
        import { getLlama } from 'node-llama-cpp';
        const [path, texts] = process.argv.slice(2);
        const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, progressLogs: false, logLevel: 'error' });
        const model = await llama.loadModel({ modelPath: path });
        const context = await model.createContext({ contextSize: 256, threads: 1, flashAttention: false,
          experimentalKvCacheKeyType: 'F32', experimentalKvCacheValueType: 'F32' });
        const sequence = context.getSequence();
        const answers = [];
        for (const text of JSON.parse(texts)) {
          await sequence.clearHistory();
          const ids = model.tokenize(text);
          const said = await sequence.controlledEvaluate(ids.map(id => [id, { generateNext: { logits: true } }]));
          answers.push({ ids, logits: said.map(({ next }) => {
            const row = [];
            for (const [id, logit] of next.logits) row[id] = logit;
            return row;
          }) });
        }
        console.log(JSON.stringify(answers));
        await llama.dispose();
        """;

    private readonly NodePackages _packages;

    private LlamaCpp(NodePackages packages) => _packages = packages;

    /// <summary>
    /// Null when this machine cannot run it; then <paramref name="whySkipped"/> says what was skipped and how to have it. Its builds for
    /// graphics cards, optional packages of hundreds of megabytes, are left out.
    /// </summary>
    public static LlamaCpp? TryCreate(out string whySkipped)
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "mac" : "linux";
        var processor = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant() + (system == "mac"
            && RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "-metal" : "");
        var packages = NodePackages.TryCreate("the check of GGUF files against llama.cpp", "npm-llama.cpp", ["--omit=optional"],
            out whySkipped, $"node-llama-cpp@{Version}", $"@node-llama-cpp/{system}-{processor}@{Version}");
        return packages is null ? null : new LlamaCpp(packages);
    }

    /// <param name="path">A .gguf file with its tokenizer.</param>
    /// <param name="texts">Of at most 256 tokens each.</param>
    public IReadOnlyList<LlamaCppAnswer> Ask(string path, IReadOnlyList<string> texts)
    {
        using var json = JsonDocument.Parse(_packages.Run("llama.mjs", Script, Path.GetFullPath(path), JsonSerializer.Serialize(texts)));
        return [.. json.RootElement.EnumerateArray().Select(answer => new LlamaCppAnswer(
            [.. answer.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())],
            [.. answer.GetProperty("logits").EnumerateArray().Select(row => row.EnumerateArray().Select(logit => logit.GetSingle()).ToArray())]))];
    }
}
