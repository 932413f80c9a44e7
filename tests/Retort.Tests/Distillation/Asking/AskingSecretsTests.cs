using System.Security.Cryptography;
using System.Text;
using Retort.Tests.Cli;
using Retort.Tests.Distillation.EndToEnd;
using Retort.Tests.Distillation.Teachers.Chat;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Asking;

/// <summary>
/// A random key in the environment, an endpoint that repeats it wherever it can, and ways to end badly: not one byte of the key is in any
/// file, in what was printed, or in what went wrong. Keys in prompts are the user's data: they stay in the two files of data alone.
/// </summary>
public sealed class AskingSecretsTests : IDisposable
{
    private readonly string _variable = "RETORT_CANARY_" + RandomNumberGenerator.GetHexString(8);
    private readonly string _key = "sk-canary-" + RandomNumberGenerator.GetHexString(24, lowercase: true) + "+/=";
    private readonly string _prompted = "sk-prompt-" + RandomNumberGenerator.GetHexString(24, lowercase: true);
    private readonly TemporaryFolder _folder = new();

    public AskingSecretsTests() => Environment.SetEnvironmentVariable(_variable, _key);

    [Theory]
    [InlineData("answers", 0)]
    [InlineData("whole replies in pieces", 0, "--stream")]
    [InlineData("refused key", 2)]
    [InlineData("refused question", 1)]
    [InlineData("unpaid", 75)]
    [InlineData("budget", 75, "--max-usd", "0.0005")]
    [InlineData("wrong model", 1)]
    [InlineData("redirect", 2)]
    [InlineData("nobody there", 2, "--model", "sk-canary")]
    public void TheKeyIsNowhere(string ending, int code, params string[] more)
    {
        using var endpoint = new ScriptedEndpoint
        {
            Answer = prompt => $"you sent {_key} and {prompt}",
            Instead = asked => ending switch
            {
                "refused key" => (401, new() { ["WWW-Authenticate"] = "Bearer x" }, Error($"Incorrect API key provided: {asked.Authorization}")),
                "refused question" => (400, [], Error($"{asked.Authorization} may not ask {_prompted}")),
                "unpaid" => (402, [], Error($"{asked.Authorization} has no money")),
                "wrong model" => (200, [], $$$"""{"model":"{{{_key}}}","choices":[{"message":{"content":"a"}}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"""),
                "redirect" => (302, new() { ["Location"] = $"http://127.0.0.1:1/{_key}" }, _key),
                _ => null,
            },
        };
        var terminal = Terminal.Run([.. Arguments(endpoint.Address), .. more]);
        Assert.True(terminal.Code == code, $"exit code {terminal.Code}\n{terminal.Output}\n{terminal.Error}");
        if (code is 0 or 75 or 2 && ending != "nobody there") Assert.Equal($"Bearer {_key}", endpoint.Requests[0].Authorization);
        Search(terminal.Output + terminal.Error);
    }

    /// <summary>The same from outside: the process, its streams, and nobody who listens.</summary>
    [Fact]
    [Trait("Category", "Kill")]
    public void TheKeyIsNowhereInAProcessEither()
    {
        using (var endpoint = new ScriptedEndpoint { Answer = _ => $"you sent {_key}" })
        {
            var (code, output, error) = RetortCommand.Run(Arguments(endpoint.Address));
            Assert.True(code == 0, $"exit code {code}\n{output}\n{error}");
            Search(output + error);
        }
        foreach (var address in (string[])["http://127.0.0.1:1/v1", $"http://user:{_key}@127.0.0.1:1/v1"])
        {
            using var command = RetortCommand.Start([.. Arguments(address), "--out", _folder.At("gone")]);
            var ended = !command.KillAfter(TimeSpan.FromSeconds(4)); // it goes on trying for longer
            var (code, output, error) = command.End();
            Assert.True(!ended || code != 0, "it was answered by nobody");
            Search(output + error);
        }
    }

    private string[] Arguments(string address)
    {
        var file = _folder.With("prompts.jsonl", string.Concat(Enumerable.Range(0, 20).Select(number => $$"""{"prompt": "question {{number}} about {{_prompted}}"}""" + "\n")));
        return
        [
            "ask", file, "--endpoint", address, "--model", ScriptedEndpoint.Model, "--key-variable", _variable, "--out", _folder.At("out"),
            "--price-in", "1", "--price-out", "2", "--new-tokens", "50",
        ];
    }

    private void Search(string printed)
    {
        Assert.DoesNotContain("canary-", printed, StringComparison.Ordinal);
        Assert.DoesNotContain(_prompted, printed, StringComparison.Ordinal);
        var files = Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).ToList();
        foreach (var file in files)
        {
            var bytes = File.ReadAllBytes(file);
            var coded = Convert.ToBase64String(Encoding.ASCII.GetBytes(_key));
            foreach (var form in (string[])[_key, _key[10..30], Uri.EscapeDataString(_key), coded])
                Assert.True(bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(form)) < 0, $"{Path.GetFileName(file)} holds the key");
            if (Path.GetFileName(file) is "cost.json" or ".lock" or ".lock.pid")
                Assert.True(bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(_prompted)) < 0, $"{Path.GetFileName(file)} holds a prompt's key");
        }
    }

    private static string Error(string message) => System.Text.Json.JsonSerializer.Serialize(new { error = new { message } });

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(_variable, null);
        _folder.Dispose();
    }
}
