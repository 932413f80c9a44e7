using System.Globalization;
using Retort.Tensors;

namespace Retort.Benchmarks;

/// <summary>
/// The resident process that <c>bench/tracks/compare</c> talks to; peers keep to the same protocol (bench/tracks/works.md). It says
/// <c>ready</c> and what it is, and then, a line in, a line out:
/// <code>
/// NAME BUDGET_SECONDS    →    median_ms min_ms n loss cpu_seconds
/// </code>
/// Three runs to warm up, then runs for the budget, five at least; the five numbers are separated by blanks. The loss is that of
/// the third run since the workload was made (it is made anew when the name changes), so both sides can compare it whatever their
/// speed. A line that cannot be served is answered by <c>error</c> and a sentence. The end of the input ends the process.
/// </summary>
public sealed class PeerService(string identity, Meter meter, IReadOnlyList<Benchmark> benchmarks)
{
    public void Serve(TextReader input, TextWriter output, CancellationToken cancellation)
    {
        Say(output, $"ready {identity}");
        while (!cancellation.IsCancellationRequested && input.ReadLine() is { } line)
            Say(output, Answer(line, cancellation));
    }

    private static void Say(TextWriter output, string line)
    {
        output.WriteLine(line);
        output.Flush();
    }

    private string Answer(string line, CancellationToken cancellation)
    {
        if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var name, var budget]
            || !double.TryParse(budget, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
                || seconds is not (>= 0 and <= 3600))
            return $"error '{line}' is not NAME BUDGET_SECONDS.";
        if (benchmarks.FirstOrDefault(benchmark => benchmark.Name == name) is not { } found)
            return $"error '{name}' is no benchmark; retort bench --list names them.";
        try
        {
            var result = meter.Measure(found, TimeSpan.FromSeconds(seconds), cancellation);
            return string.Create(CultureInfo.InvariantCulture,
                $"{result.Median:0.000000} {result.Minimum:0.000000} {result.Count} {result.Loss:R} {result.CpuSeconds:0.000000}");
        }
        catch (RetortException exception)
        {
            return $"error {exception.Message.ReplaceLineEndings(" ")}";
        }
    }
}
