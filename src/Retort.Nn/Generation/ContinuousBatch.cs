using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Nn.Generation;

/// <summary>
/// Texts that a model goes on with side by side, though they come and go at any time (Yu et al. 2022: iteration-level scheduling). A pass
/// reads every weight once: for a token of each text whose prompt is read, and for parts of the prompts of others. What a text gets does
/// not depend on its neighbours. For one thread.
/// </summary>
public sealed class ContinuousBatch : IDisposable
{
    // A part of a prompt makes the others wait, so it is short; where nobody waits, long ones use the caches better.
    private const int PromptTokens = 64, PromptTokensAlone = 512, LeastRoom = 128;

    private readonly Gpt _model;
    private readonly long _tokens;
    private readonly Step _step;
    private readonly List<Place> _places = [];
    private readonly float[] _logits;

    /// <param name="model">Built.</param>
    /// <param name="tokens">Ids that texts can have: rows of a padded vocabulary beyond them take no part.</param>
    public ContinuousBatch(Gpt model, int tokens = int.MaxValue)
    {
        (_model, _tokens) = (model, Math.Min(tokens, model.Sizes.Vocabulary));
        _step = new Step(model.Head.Device, "continuous batch");
        _logits = new float[_tokens];
    }

    /// <summary>Texts that go on.</summary>
    public int Count => _places.Count;

    /// <summary>Takes a text in, which has its first token as soon as its prompt is read.</summary>
    /// <exception cref="RetortException">Its prompt is empty, too long together with the answer, or has an unknown token.</exception>
    public void Add(Continuation text)
    {
        TokenBatch.Check(_model.Sizes, [[.. text.Tokens]], text.NewTokens);
        var room = Math.Min(Longest(text), Math.Max(text.PromptLength, LeastRoom));
        _places.Add(new Place(text, new KeyValueCache(_model.Head.Device, _model.Sizes, room, [0])));
    }

    /// <summary>A text that nobody waits for any more leaves at once.</summary>
    public void Remove(Continuation text)
    {
        if (_places.Find(place => place.Text == text) is not { } found) return;
        _places.Remove(found);
        found.Cache.Dispose();
    }

    /// <summary>One pass. Texts that have ended, or whose logits are not finite, leave.</summary>
    /// <returns>Texts that have one more token, and those that failed with the reason.</returns>
    public IReadOnlyList<(Continuation Text, RunFailedException? Failure)> Advance()
    {
        if (_places.Count == 0) return [];
        var (parts, complete) = Parts();
        _step.Begin(training: false);
        var states = Gpt.Rows(_step, _model.States(_step, parts));
        var outcomes = new List<(Continuation, RunFailedException?)>();
        if (complete.Count > 0)
        {
            int[] rows = [.. complete.Select(last => last.Row)];
            var all = _step.Linear(_step.Embedding(states, _step.Constant(new Shape(rows.Length), rows.AsSpan())),
                _model.HeadOf(_step, _tokens));
            for (var i = 0; i < rows.Length; i++)
            {
                _step.Device.Read(all.Part(i * _tokens, new Shape(_tokens)), _logits.AsSpan());
                outcomes.Add((complete[i].Text, Extend(complete[i].Text)));
            }
        }
        foreach (var (text, failure) in outcomes)
            if (failure is not null || text.End is not null) Remove(text);
        return outcomes;
    }

    /// <summary>What each cache lacks of its text, within bounds; the texts that lack nothing then, and their last rows.</summary>
    private (List<CachedTokens> Parts, List<(Continuation Text, int Row)> Complete) Parts()
    {
        var left = _places.Any(place => place.Missing == 1) ? PromptTokens : PromptTokensAlone;
        var (parts, complete, rows) = (new List<CachedTokens>(), new List<(Continuation, int)>(), 0);
        foreach (var (text, cache) in _places)
        {
            var missing = text.Tokens.Count - cache.Length;
            var count = missing == 1 ? 1 : Math.Min(missing, left);
            if (count == 0) continue;
            if (missing > 1) left -= count;
            if (cache.Length + count > cache.Capacity)
                cache.Reserve(Math.Min(Longest(text), Math.Max(2 * cache.Capacity, cache.Length + count)));
            parts.Add(new CachedTokens(text.Tokens.Skip(cache.Length).Take(count).ToArray(), cache));
            rows += count;
            if (count == missing) complete.Add((text, rows - 1));
        }
        return (parts, complete);
    }

    private RunFailedException? Extend(Continuation text)
    {
        try
        {
            text.Extend(_logits);
            return null;
        }
        catch (RunFailedException failure)
        {
            return failure;
        }
    }

    /// <summary>The last token of an answer is not read.</summary>
    private static int Longest(Continuation text) => text.PromptLength + text.NewTokens - 1;

    public void Dispose()
    {
        foreach (var place in _places) place.Cache.Dispose();
        _places.Clear();
        _step.Dispose();
    }

    private sealed record Place(Continuation Text, KeyValueCache Cache)
    {
        public int Missing => Text.Tokens.Count - Cache.Length;
    }
}
