using System.Text.Json;
using Retort.Formats.Jsonl;
using Retort.Judging;
using Retort.Tensors;

namespace Retort.Grading;

/// <summary>
/// Grades items one after another into a file of scores that <c>retort judge</c> reads. A line is written as soon as it is known.
/// </summary>
/// <param name="grader">By which.</param>
/// <param name="mark">Tells this grader from others; it stands in each line.</param>
public sealed class GradingRun(IGrader grader, string mark)
{
    private readonly SortedDictionary<string, int> _reasons = new(StringComparer.Ordinal);
    private double _sum;

    public int Graded { get; private set; }

    public int Ungraded => _reasons.Values.Sum();

    /// <summary>Null where the grader has no threshold.</summary>
    public int? Passed { get; private set; }

    /// <summary>Ungraded ones by reason.</summary>
    public IReadOnlyDictionary<string, int> Reasons => _reasons;

    /// <summary>Of what is graded; null = nothing is.</summary>
    public double? Mean => Graded == 0 ? null : _sum / Graded;

    /// <param name="items">All; those in the file already are passed over, and count with what stands there.</param>
    /// <param name="path">Appended to.</param>
    /// <param name="earlier">Scores that stand there already, by id.</param>
    /// <param name="cancellation">Stops between two items; what was graded stays.</param>
    public async Task RunAsync(IReadOnlyList<GradedItem> items, string path, IReadOnlyDictionary<string, double?> earlier,
        CancellationToken cancellation)
    {
        grader.Prepare(items);
        using var file = JsonlWriter.Append(path);
        foreach (var item in items)
        {
            cancellation.ThrowIfCancellationRequested();
            if (earlier.TryGetValue(item.Id, out var score))
            {
                Count(score is { } known ? Grade.Of(known) : Grade.Ungraded("ungraded in the earlier run"));
                continue;
            }
            var grade = await grader.GradeAsync(item, cancellation).ConfigureAwait(false);
            Count(grade);
            file.Write(json =>
            {
                json.WriteString("id", item.Id);
                if (grade.Score is { } made) json.WriteNumber("score", made);
                else json.WriteNull("score");
                if (grade.Passed is { } passed) json.WriteBoolean("passed", passed);
                if (grade.Why is { } why) json.WriteString("why", why);
                json.WriteString("by", mark);
            });
        }
        file.FlushToDisk();
    }

    /// <summary>What stands in a file of scores already; a line that a kill cut off is taken away.</summary>
    /// <exception cref="RetortException">They are of another grader, or of other items.</exception>
    public IReadOnlyDictionary<string, double?> Earlier(string path, IReadOnlyList<GradedItem> items)
    {
        JsonlWriter.Append(path).Dispose();
        var ids = items.Select(item => item.Id).ToHashSet(StringComparer.Ordinal);
        var any = false;
        foreach (var line in JsonlReader.Read(path))
        {
            any = true;
            if (line.Value.ValueKind != JsonValueKind.Object || !line.Value.TryGetProperty("by", out var by)
                || by.ValueKind != JsonValueKind.String || !by.ValueEquals(mark))
                throw new RetortException(line.Location, "this score is of another grader.", $"scores by the grader {mark}.", "name another file.");
            if (line.Value.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && !ids.Contains(id.GetString()!))
                throw new RetortException(line.Location, $"'{id.GetString()}' is no item.", "scores of these items.", "name another file.");
        }
        return any ? ScoreFile.Read(path) : new Dictionary<string, double?>();
    }

    private void Count(Grade grade)
    {
        if (grade.Score is not { } score)
        {
            _reasons[grade.Why!] = _reasons.GetValueOrDefault(grade.Why!) + 1;
            return;
        }
        (Graded, _sum) = (Graded + 1, _sum + score);
        if (grade.Passed is { } passed) Passed = (Passed ?? 0) + (passed ? 1 : 0);
    }
}
