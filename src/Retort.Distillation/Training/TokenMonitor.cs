using Retort.Data.Text;

namespace Retort.Training;

/// <summary>What a language model's answers are like while it learns, how fast that goes, and where the time goes.</summary>
/// <param name="times">Seconds by kind of work.</param>
/// <param name="watchdog">Who says when it is enough; null = nobody.</param>
public sealed class TokenMonitor(WorkTimes times, Watchdog? watchdog = null) : IMonitor
{
    public const string AnswerLength = "answer_length", Repetition = "repetition", TokensPerSecond = "tokens_per_second",
        Generation = "time/generation", Scoring = "time/scoring", Training = "time/training";

    private const int Run = 4;

    private Batch? _last;
    private long _tokens;

    public bool Sound => watchdog?.Sound ?? true;
    public string? Collapse => watchdog?.Collapse;

    public void Passed(Batch batch)
    {
        _last = batch;
        _tokens += batch.Text!.Targets;
    }

    public IReadOnlyList<(string Name, double Value)> Look(long updates, IReadOnlyList<(string Name, double Value)> measures)
    {
        var spent = times.Take();
        var found = new List<(string, double)>(measures);
        if (_last is { Author: not Author.Data, Text.Texts: var answers })
        {
            found.Add((AnswerLength, answers.Average(answer => (double)answer.Targets)));
            found.Add((Repetition, answers.Average(RepetitionOf)));
            watchdog?.Judge(updates, found);
        }
        found.Add((TokensPerSecond, _tokens / Math.Max(1e-9, spent.Generation + spent.Scoring + spent.Training)));
        found.AddRange([(Generation, spent.Generation), (Scoring, spent.Scoring), (Training, spent.Training)]);
        _tokens = 0;
        return found;
    }

    /// <summary>Share of the runs of four tokens of an answer that stood in it before; 0 where it has no two of them.</summary>
    /// <param name="answer">Prompt and answer.</param>
    public static double RepetitionOf(TextDocument answer)
    {
        var tokens = answer.Answer;
        var runs = tokens.Length - Run + 1;
        if (runs < 2) return 0;
        var seen = new HashSet<(int, int, int, int)>();
        for (var i = 0; i < runs; i++) seen.Add((tokens[i], tokens[i + 1], tokens[i + 2], tokens[i + 3]));
        return 1 - (double)seen.Count / runs;
    }

    public byte[] Remembered() => watchdog?.Remembered() ?? [];

    public void Recall(byte[] remembered) => watchdog?.Recall(remembered);
}
