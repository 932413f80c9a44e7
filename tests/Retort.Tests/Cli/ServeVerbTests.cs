using System.Text.RegularExpressions;
using Retort.Cli;
using Retort.Tests.Server;
using Xunit;

namespace Retort.Tests.Cli;

public sealed class ServeVerbTests
{
    /// <summary>It says where it answers, answers there, and ends with 0 when it is stopped.</summary>
    [Fact]
    public async Task ItAnswersUntilItIsStopped()
    {
        using var stop = new CancellationTokenSource();
        using StringWriter output = new(), error = new();
        var shared = TextWriter.Synchronized(output);
        var running = Task.Run(() => CommandLine.Invoke(["serve", Serving.Gguf, "--port", "0", "--threads", "1"],
            new Surroundings(shared, error, TimeProvider.System, new ScriptedLibrary(), stop.Token)));
        while (!Said().Contains("Ctrl-C stops it.", StringComparison.Ordinal) && !running.IsCompleted) await Task.Delay(10);
        Assert.False(running.IsCompleted, error.ToString());
        var said = Said();
        Assert.StartsWith("llama-gqa_untied-q4_0, a language model that sees 256 tokens, answers at http://127.0.0.1:", said, StringComparison.Ordinal);
        var url = Regex.Match(said, @"http://[\d.:]+/v1").Value;
        Assert.Contains($"curl {url}/chat/completions -H 'Content-Type: application/json'", said, StringComparison.Ordinal);
        using var client = new HttpClient();
        Assert.Contains("llama-gqa_untied-q4_0", await client.GetStringAsync(url + "/models"), StringComparison.Ordinal);
        await stop.CancelAsync();
        Assert.Equal(0, await running);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(url + "/models"));

        string Said()
        {
            lock (shared) return output.ToString();
        }
    }

    [Theory]
    [InlineData("there is no such folder", "nowhere")]
    [InlineData("0.0.0.0 can be reached by others, and no token is asked for.", "GGUF", "--host", "0.0.0.0")]
    [InlineData("the environment variable 'RETORT_NO_SUCH' is not set.", "GGUF", "--token-variable", "RETORT_NO_SUCH")]
    [InlineData("70000 is no port.", "GGUF", "--port", "70000")]
    [InlineData("0 answers side by side.", "GGUF", "--parallel", "0")]
    [InlineData("-1 answers that may wait.", "GGUF", "--queue", "-1")]
    [InlineData("0 seconds.", "GGUF", "--time-limit", "0")]
    [InlineData("is empty.", "GGUF", "--name", "")]
    public void BadInputIsOneSentence(string sentence, string model, params string[] more)
    {
        var terminal = Terminal.Run(["serve", model == "GGUF" ? Serving.Gguf : model, .. more]);
        Assert.Equal(2, terminal.Code);
        Assert.Contains(sentence, terminal.Error, StringComparison.Ordinal);
        Assert.Empty(terminal.Output);
    }
}
