using System.Globalization;
using System.Text.Json;
using Retort.Cli;
using Xunit;

namespace Retort.Tests.Cli;

public sealed class BenchVerbTests
{
    [Fact]
    public void ListNamesEveryBenchmark()
    {
        var terminal = Terminal.Run("bench", "--list");
        Assert.Equal(0, terminal.Code);
        Assert.Matches(@"sgemm-nn-512-512-512\s+C\[M,N\]", terminal.Output);
        Assert.Matches(@"mlp-step\s+784-800-800-10", terminal.Output);
    }

    [Fact]
    public void JsonHoldsTheMachineAndEachMeasurement()
    {
        var terminal = Terminal.Run("bench", "--only", "sgemm-nn-64", "--seconds", "0.001", "--threads", "1", "--json");
        Assert.Equal(0, terminal.Code);
        using var json = JsonDocument.Parse(terminal.Output);
        var machine = json.RootElement.GetProperty("machine");
        var peak = machine.GetProperty("multiplyAdds").EnumerateArray().Max(figure => figure.GetProperty("flopsPerSecond").GetDouble());
        var product = json.RootElement.GetProperty("measurements").GetProperty("sgemm-nn-64-64-64");
        var rate = 2 * 64 * 64 * 64 / (product.GetProperty("medianMs").GetDouble() / 1000);
        Assert.Equal(rate, product.GetProperty("flopsPerSecond").GetDouble(), rate * 1e-9);
        Assert.Equal(rate / peak, product.GetProperty("shareOfPeak").GetDouble(), 9);
        Assert.True(product.GetProperty("runs").GetInt32() >= 5);
        Assert.All(["read", "write", "triad"], stream =>
            Assert.True(machine.GetProperty("bandwidth").GetProperty(stream)[0].GetProperty("bytesPerSecond").GetDouble() > 0));
    }

    [Theory]
    [InlineData("no benchmark's name begins so", "--only", "nope")]
    [InlineData("is not a time to measure for", "--seconds", "0")]
    [InlineData("-1 threads", "--threads", "-1")]
    public void BadOptionsAreBadInput(string what, params string[] options)
    {
        var terminal = Terminal.Run(["bench", .. options]);
        Assert.Equal(2, terminal.Code);
        Assert.Contains(what, terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ServeAnswersLines()
    {
        using StringWriter output = new(), error = new();
        using var input = new StringReader("sgemm-nn-64-64-64 0.001\nnope 1\nsgemm-nn-64-64-64\nsgemm-nn-64-64-64 0\n");
        var code = CommandLine.Invoke(["bench", "--serve", "--threads", "1"],
            new Surroundings(output, error, TimeProvider.System, new ScriptedLibrary(), default) { Input = input });
        var lines = output.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(0, code);
        Assert.Equal(5, lines.Length);
        Assert.Matches(@"^ready retort \d+\.\d+\.\d+, cpu, 1 thread, ", lines[0]);
        Assert.StartsWith("error 'nope'", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("error 'sgemm-nn-64-64-64' is not NAME BUDGET_SECONDS", lines[3], StringComparison.Ordinal);
        double[] first = Numbers(lines[1]), second = Numbers(lines[4]);
        Assert.True(first[1] > 0 && first[0] >= first[1] && first[2] >= 5 && first[4] >= 0);
        Assert.Equal(5, second[2]);
        Assert.Equal(first[3], second[3]);
    }

    private static double[] Numbers(string line)
    {
        double[] numbers = [.. line.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        Assert.Equal(5, numbers.Length);
        return numbers;
    }
}
