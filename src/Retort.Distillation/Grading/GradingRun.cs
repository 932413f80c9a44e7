using System.Text.Json;
using Retort.Formats.Files;
using Retort.Formats.Jsonl;
using Retort.Judging;
using Retort.Tensors;

namespace Retort.Grading;

/// <summary>
/// Grades items into a file of scores that <c>retort judge</c> reads, in their order. A line is written as soon as it and those before it
/// are known.
/// </summary>
/// <param name="grader">By which.</param>
/// <param name="mark">Tells this grader from others; it stands in each line.</param>
public sealed class GradingRun(IGrader grader, string mark)
{
    private readonly SortedDictionary<string, int> _reasons = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double?> _scores = new(StringComparer.Ordinal);
    private double _sum;

    /// <summary>Items under way at once: for graders that wait for a judge.</summary>
    public int AtOnce { get; init; } = 1;

    /// <summary>Items that are graded first; half of them must get a grade before the rest is asked about. 0 = none.</summary>
    public int Smoke { get; init; }

    /// <summary>After a wish to stop, a judge has so long to answer what it was asked: it is paid for.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    public int Graded { get; private set; }

    public int Ungraded => _reasons.Values.Sum();

    /// <summary>Null where the grader has no threshold.</summary>
    public int? Passed { get; private set; }

    /// <summary>Ungraded ones by reason.</summary>
    public IReadOnlyDictionary<string, int> Reasons => _reasons;

    /// <summary>By id; null = ungraded.</summary>
    public IReadOnlyDictionary<string, double?> Scores => _scores;

    /// <summary>Of what is graded; null = nothing is.</summary>
    public double? Mean => Graded == 0 ? null : _sum / Graded;

    /// <param name="items">All; those in the file already are passed over, and count with what stands there.</param>
    /// <param name="path">Appended to.</param>
    /// <param name="earlier">Scores that stand there already, by id.</param>
    /// <param name="time">Of the grace.</param>
    /// <param name="cancellation">Begins no further item; what was graded stays.</param>
    /// <exception cref="RunFailedException">Most of the first items cannot be graded.</exception>
    public async Task RunAsync(IReadOnlyList<GradedItem> items, string path, IReadOnlyDictionary<string, double?> earlier,
        TimeProvider time, CancellationToken cancellation)
    {
        grader.Prepare(items);
        using var file = JsonlWriter.Append(path);
        using var end = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var registration = cancellation.Register(() => end.CancelAfter(Grace));
        var underWay = new Queue<(GradedItem Item, Task<Grade> Grade)>();
        var asked = 0;
        try
        {
            foreach (var item in items)
            {
                cancellation.ThrowIfCancellationRequested();
                if (earlier.TryGetValue(item.Id, out var score))
                {
                    Count(item.Id, score is { } known ? Grade.Of(known) : Grade.Ungraded("ungraded in the earlier run"));
                    continue;
                }
                underWay.Enqueue((item, grader.GradeAsync(item, end.Token)));
                if (++asked == Smoke) await SmokeAsync().ConfigureAwait(false);
                else if (underWay.Count >= AtOnce) await NextAsync().ConfigureAwait(false);
            }
            while (underWay.Count > 0) await NextAsync().ConfigureAwait(false);
        }
        finally
        {
            foreach (var (_, grade) in underWay) await ((Task)grade).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        file.FlushToDisk();

        async Task NextAsync()
        {
            var (item, task) = underWay.Dequeue();
            var grade = await task.ConfigureAwait(false);
            Count(item.Id, grade);
            file.Write(json => Write(json, item.Id, grade));
        }

        async Task SmokeAsync()
        {
            while (underWay.Count > 0) await NextAsync().ConfigureAwait(false);
            if (2 * Ungraded > Graded + Ungraded)
                throw new RunFailedException("smoke run", $"{Ungraded} of the first {Graded + Ungraded} items are ungraded: {string.Join("; ", _reasons.Select(reason => $"{reason.Value} × {reason.Key}"))}.",
                    "a judge that grades at least half of them, before it is asked about the rest.", "change its prompt, or take another judge, and another file of scores.");
        }
    }

    /// <summary>
    /// What stands in a file of scores already; a line that a kill cut off is taken away, and so are those that a judge did not answer:
    /// it is asked again.
    /// </summary>
    /// <exception cref="RetortException">They are of another grader, or of other items.</exception>
    public IReadOnlyDictionary<string, double?> Earlier(string path, IReadOnlyList<GradedItem> items)
    {
        JsonlWriter.Append(path).Dispose();
        var ids = items.Select(item => item.Id).ToHashSet(StringComparer.Ordinal);
        var (kept, all) = (new List<string>(), 0);
        foreach (var line in JsonlReader.Read(path))
        {
            all++;
            if (line.Value.ValueKind != JsonValueKind.Object || !line.Value.TryGetProperty("by", out var by)
                || by.ValueKind != JsonValueKind.String || !by.ValueEquals(mark))
                throw new RetortException(line.Location, "this score is of another grader.", $"scores by the grader {mark}.", "name another file.");
            if (line.Value.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && !ids.Contains(id.GetString()!))
                throw new RetortException(line.Location, $"'{id.GetString()}' is no item.", "scores of these items.", "name another file.");
            if (!line.Value.TryGetProperty("why", out var why) || why.ToString() != GraderReasons.NoAnswer) kept.Add(line.Value.GetRawText());
        }
        if (kept.Count < all) AtomicFile.WriteText(path, string.Concat(kept.Select(line => line + "\n")));
        return kept.Count > 0 ? ScoreFile.Read(path) : new Dictionary<string, double?>();
    }

    private void Write(Utf8JsonWriter json, string id, Grade grade)
    {
        json.WriteString("id", id);
        if (grade.Score is { } made) json.WriteNumber("score", made);
        else json.WriteNull("score");
        if (grade.Passed is { } passed) json.WriteBoolean("passed", passed);
        if (grade.Why is { } why) json.WriteString("why", why);
        json.WriteString("by", mark);
    }

    private void Count(string id, Grade grade)
    {
        _scores[id] = grade.Score;
        if (grade.Score is not { } score)
        {
            _reasons[grade.Why!] = _reasons.GetValueOrDefault(grade.Why!) + 1;
            return;
        }
        (Graded, _sum) = (Graded + 1, _sum + score);
        if (grade.Passed is { } passed) Passed = (Passed ?? 0) + (passed ? 1 : 0);
    }
}
