using System.Text;
using System.Text.Json;

namespace Retort.Runs;

/// <summary>One line of events.jsonl: <c>{"step":…,"stage":…,"name":…,"value":…,"seconds":…}</c>.</summary>
/// <param name="Step">Optimizer steps, or examples, of the stage.</param>
/// <param name="Stage">label, train, eval, export.</param>
/// <param name="Name">The metric: "student.loss".</param>
/// <param name="Value">Its value; null where it was not finite.</param>
/// <param name="Seconds">Wall time since the run began, over all its resumptions.</param>
public sealed record MetricEvent(long Step, string Stage, string Name, double? Value, double Seconds)
{
    public string ToJsonLine()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("step", Step);
            writer.WriteString("stage", Stage);
            writer.WriteString("name", Name);
            if (Value is { } value && double.IsFinite(value)) writer.WriteNumber("value", value);
            else writer.WriteNull("value");
            writer.WriteNumber("seconds", Math.Round(Seconds, 3));
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Null when the line is no metric object.</summary>
    public static MetricEvent? FromJsonLine(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            var value = root.GetProperty("value");
            return new(root.GetProperty("step").GetInt64(),
                root.GetProperty("stage").GetString() ?? "", root.GetProperty("name").GetString() ?? "",
                value.ValueKind == JsonValueKind.Null ? null : value.GetDouble(), root.GetProperty("seconds").GetDouble());
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
