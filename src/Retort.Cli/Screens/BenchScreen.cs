using System.Globalization;
using System.Text.Json;
using Retort.Benchmarks;
using Spectre.Console;

namespace Retort.Cli.Screens;

/// <summary>Measurements as tables for people and as numbers for programs.</summary>
internal static class BenchScreen
{
    /// <summary>Says on a terminal what is being measured.</summary>
    public static T Around<T>(Screen screen, string what, Func<T> work)
        => screen.IsTerminal ? screen.Terminal.Status().Start($"measuring {what}", _ => work()) : work();

    public static void Show(Screen screen, MachineFigures machine)
    {
        screen.Say($"machine    {machine.Description}");
        screen.Say($"last cache {(machine.LastLevelCacheBytes > 0 ? $"{machine.LastLevelCacheBytes >> 20} MiB" : "not readable")}");
        var threads = machine.Arithmetic.Select(figure => figure.Threads).Distinct().ToList();
        string[] heads = ["", .. threads.Select(count => count == 1 ? "1 thread" : $"{count} threads")];
        screen.Table(heads,
        [
            .. machine.Arithmetic.GroupBy(figure => figure.Bits).Select(width => new[] { $"multiply-add, {width.Key}-bit" }
                .Concat(width.Select(figure => $"{Giga(figure.FlopsPerSecond)} GFLOP/s")).ToArray()),
            .. machine.Bandwidth.GroupBy(figure => figure.Kind)
                .Select(stream => new[] { $"memory, {stream.Key.ToString().ToLowerInvariant()}" }
                .Concat(stream.Select(figure => $"{Giga(figure.BytesPerSecond)} GB/s")).ToArray()),
        ]);
    }

    public static void Show(Screen screen, MachineFigures machine, IReadOnlyList<Measurement> results)
        => screen.Table(["", "median ms", "min ms", "GFLOP/s", "of peak", "GB/s", "of bandwidth", "managed B", "native", "peak MiB",
            "beyond inputs", "loss"], results.Select(result => new[]
        {
            result.Name, $"{result.Median:0.0000}", $"{result.Minimum:0.0000}",
            result.Operations > 0 ? Giga(result.Rate) : "", result.Operations > 0 ? Percent(result.Rate / machine.Peak) : "",
            result.Bytes > 0 ? Giga(result.Traffic) : "", result.Bytes > 0 ? Percent(result.Traffic / machine.Traffic) : "",
            $"{result.ManagedBytes:0.#}", $"{result.NativeAllocations}", Mebibytes(result, result.PeakBytes),
            Mebibytes(result, result.PeakBytesBeyondInputs), $"{result.Loss:0.000000}",
        }));

    /// <summary>Rates in FLOP/s and bytes/s, times in milliseconds; what was not measured is absent.</summary>
    public static void Write(Utf8JsonWriter json, MachineFigures machine, IReadOnlyList<Measurement> results)
    {
        json.WriteStartObject("machine");
        json.WriteString("description", machine.Description.ToString());
        if (machine.LastLevelCacheBytes > 0) json.WriteNumber("lastLevelCacheBytes", machine.LastLevelCacheBytes);
        json.WriteStartArray("multiplyAdds");
        foreach (var (bits, threads, rate) in machine.Arithmetic)
            WriteObject(json, ("bits", bits), ("threads", threads), ("flopsPerSecond", rate));
        json.WriteEndArray();
        json.WriteStartObject("bandwidth");
        foreach (var stream in machine.Bandwidth.GroupBy(figure => figure.Kind))
        {
            json.WriteStartArray(stream.Key.ToString().ToLowerInvariant());
            foreach (var figure in stream) WriteObject(json, ("threads", figure.Threads), ("bytesPerSecond", figure.BytesPerSecond));
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndObject();

        json.WriteStartObject("measurements");
        foreach (var result in results)
        {
            json.WritePropertyName(result.Name);
            List<(string, double)> values =
            [
                ("medianMs", result.Median), ("minMs", result.Minimum), ("runs", result.Count), ("loss", result.Loss),
                    ("cpuSeconds", result.CpuSeconds),
                ("managedBytesPerRun", result.ManagedBytes), ("nativeAllocations", result.NativeAllocations),
            ];
            if (result.Operations > 0) values.AddRange([("flopsPerSecond", result.Rate), ("shareOfPeak", result.Rate / machine.Peak)]);
            if (result.Bytes > 0) values.AddRange([("bytesPerSecond", result.Traffic),
                ("shareOfBandwidth", result.Traffic / machine.Traffic)]);
            if (result.PeakBytes > 0) values.AddRange([("peakBytes", result.PeakBytes),
                ("peakBytesBeyondInputs", result.PeakBytesBeyondInputs)]);
            WriteObject(json, [.. values]);
        }
        json.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter json, params ReadOnlySpan<(string Key, double Value)> values)
    {
        json.WriteStartObject();
        foreach (var (key, value) in values)
            if (double.IsFinite(value)) json.WriteNumber(key, value); // JSON has no NaN
        json.WriteEndObject();
    }

    private static string Mebibytes(Measurement result, long bytes) => result.PeakBytes > 0 ? $"{bytes >> 20}" : "";

    private static string Giga(double rate) => (rate / 1e9).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");
}
