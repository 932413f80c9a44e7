using Retort.Evaluation.Report;
using Retort.Runs;

namespace Retort;

/// <summary>Losses of a run of language models, for the report: what was learnt and what was held out, in nats a token.</summary>
internal static class LossCurves
{
    /// <param name="events">events.jsonl of the run.</param>
    public static IEnumerable<Curve> Of(string events) => EventLog.Read(events)
        .Where(line => line.Value is { } value && double.IsFinite(value) && line.Name is "loss" or "validation_loss")
        .GroupBy(line => (line.Stage, line.Name))
        .Select(group => new Curve(group.Key.Stage, [.. group.Select(line => ((double)line.Step, line.Value!.Value))],
            group.Key.Name == "loss" ? "training loss, nats a token" : "validation loss, nats a token"));
}
