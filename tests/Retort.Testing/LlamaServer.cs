using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Retort.Testing;

/// <summary>llama.cpp's own server with a model, on a free port of this machine.</summary>
public sealed class LlamaServer : IDisposable
{
    private const string Variable = "RETORT_LLAMA_SERVER", Program = "llama-server";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private LlamaServer(Process process, Uri url) => (_process, Url) = (process, url);

    /// <summary>Its paths begin with v1/.</summary>
    public Uri Url { get; }

    /// <summary>Null when this machine has none; then <paramref name="whySkipped"/> says what was skipped and how to have it.</summary>
    public static string? Find(out string whySkipped)
    {
        whySkipped = $"the check of labels against llama.cpp's server was skipped: there is no {Program}. To have it, install llama.cpp "
            + $"(Debian: llama.cpp-tools), so that {Program} is found in PATH, or name the program in {Variable}.";
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named) return named;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, Program)).FirstOrDefault(File.Exists);
    }

    /// <param name="program">Of <see cref="Find"/>.</param>
    /// <param name="gguf">The model.</param>
    /// <param name="alias">What it is called.</param>
    /// <param name="flags">More of them.</param>
    public static async Task<LlamaServer> StartAsync(string program, string gguf, string alias, params string[] flags)
    {
        var port = FreePort();
        var process = Process.Start(new ProcessStartInfo(program,
            ["-m", gguf, "--alias", alias, "--host", "127.0.0.1", "--port", $"{port}", "-t", "1", "-np", "4", .. flags])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var said = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        var server = new LlamaServer(process, new Uri($"http://127.0.0.1:{port}/"));
        try
        {
            using var client = new HttpClient { Timeout = Patience };
            using var late = new CancellationTokenSource(Patience);
            while (true)
            {
                if (process.HasExited) throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await said}");
                try
                {
                    using var answer = await client.GetAsync(new Uri(server.Url, "health"), late.Token);
                    if (answer.IsSuccessStatusCode) return server;
                }
                catch (HttpRequestException)
                {
                    // it does not listen yet
                }
                await Task.Delay(100, late.Token);
            }
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
