using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Retort.Server;

/// <summary>What the server counts, in Prometheus' text format. Any thread may tell it something.</summary>
internal sealed class Metrics
{
    private readonly ConcurrentDictionary<(string Path, int Status), long> _requests = new();
    private readonly Histogram _pass = new("retort_pass_seconds", "A pass of the model: one token of each running answer, parts of prompts.",
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]);
    private readonly Histogram _first = new("retort_first_token_seconds", "From a request to the first piece of its answer.",
        [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]);
    private long _promptTokens, _answerTokens, _refused;
    private int _running, _waiting;

    public void Answered(string path, int status) => _requests.AddOrUpdate((path, status), 1, (_, count) => count + 1);
    public void Prompted(int tokens) => Interlocked.Add(ref _promptTokens, tokens);
    public void Refused() => Interlocked.Increment(ref _refused);
    public void First(TimeSpan time) => _first.Add(time.TotalSeconds);

    /// <summary>A token that no pass of a language model gave: a label.</summary>
    public void Said() => Interlocked.Increment(ref _answerTokens);

    /// <summary>One pass of the model, and the tokens that it gave.</summary>
    public void Passed(TimeSpan time, int tokens)
    {
        _pass.Add(time.TotalSeconds);
        Interlocked.Add(ref _answerTokens, tokens);
    }

    public void Set(int running, int waiting)
    {
        Volatile.Write(ref _running, running);
        Volatile.Write(ref _waiting, waiting);
    }

    public string Text()
    {
        var text = new StringBuilder();
        Head(text, "retort_requests_total", "counter", "Requests by path and status.");
        foreach (var ((path, status), count) in _requests.OrderBy(pair => pair.Key.Path, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Status))
            text.Append(CultureInfo.InvariantCulture, $"retort_requests_total{{path=\"{path}\",status=\"{status}\"}} {count}\n");
        One(text, "retort_prompt_tokens_total", "counter", "Tokens of prompts.", Interlocked.Read(ref _promptTokens));
        One(text, "retort_answer_tokens_total", "counter", "Tokens that were made.", Interlocked.Read(ref _answerTokens));
        One(text, "retort_refused_total", "counter", "Requests refused because too many waited.", Interlocked.Read(ref _refused));
        One(text, "retort_answers_running", "gauge", "Answers that are computed now.", Volatile.Read(ref _running));
        One(text, "retort_answers_waiting", "gauge", "Answers that wait for a place.", Volatile.Read(ref _waiting));
        _pass.Write(text);
        _first.Write(text);
        return text.ToString();
    }

    private static void One(StringBuilder text, string name, string kind, string help, long value)
    {
        Head(text, name, kind, help);
        text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
    }

    private static void Head(StringBuilder text, string name, string kind, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {kind}\n");

    /// <summary>How many were at most so long.</summary>
    private sealed class Histogram(string name, string help, double[] bounds)
    {
        private readonly Lock _lock = new();
        private readonly long[] _counts = new long[bounds.Length + 1];
        private double _sum;

        public void Add(double value)
        {
            lock (_lock)
            {
                var place = Array.FindIndex(bounds, bound => value <= bound);
                _counts[place < 0 ? bounds.Length : place]++;
                _sum += value;
            }
        }

        public void Write(StringBuilder text)
        {
            Head(text, name, "histogram", help);
            lock (_lock)
            {
                var count = 0L;
                for (var i = 0; i < _counts.Length; i++)
                {
                    count += _counts[i];
                    var bound = i < bounds.Length ? bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"{bound}\"}} {count}\n");
                }
                text.Append(CultureInfo.InvariantCulture, $"{name}_sum {_sum:R}\n{name}_count {count}\n");
            }
        }
    }
}
