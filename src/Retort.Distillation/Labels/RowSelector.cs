using System.Numerics.Tensors;

namespace Retort.Labels;

/// <summary>
/// Chooses what is kept of rows of logits, without sorting them: a heap of the largest, one pass, then the exponentials. Holds room
/// for one row's candidates; one for each thread.
/// </summary>
/// <param name="keep">The rule.</param>
public sealed class RowSelector(LabelKeep keep)
{
    private const int Chunk = 1024;

    private readonly float[] _shifted = new float[Chunk];
    private float[] _logits = [];
    private int[] _ids = [];

    /// <summary>
    /// Chooses the most probable classes of a row; equal logits go to the lower id, so the choice is determined.
    /// </summary>
    /// <param name="logits">[V], finite.</param>
    /// <param name="ids">Room for <see cref="LabelKeep.MaximumCount"/>; the kept ids, ascending.</param>
    /// <param name="normaliser">ln Σ exp(logit) over all V: what is taken off a logit to make it a log-probability.</param>
    /// <param name="logTail">Natural log of the mass of all classes that were not kept; −∞ when every class was.</param>
    /// <returns>Classes kept.</returns>
    public int Select(ReadOnlySpan<float> logits, Span<int> ids, out double normaliser, out double logTail)
    {
        var candidates = keep.MaximumCount(logits.Length);
        if (_ids.Length < candidates) (_ids, _logits) = (new int[candidates], new float[candidates]);
        Rank(logits, candidates);

        var maximum = _logits[0];
        _ids.AsSpan(0, candidates).CopyTo(ids);
        ids[..candidates].Sort();
        var rest = Mass(logits, maximum, 1, ids[..candidates]);
        var sum = rest;
        for (var rank = 0; rank < candidates; rank++) sum += Math.Exp((double)_logits[rank] - maximum);
        normaliser = maximum + Math.Log(sum);

        var count = keep.Count(_logits.AsSpan(0, candidates), normaliser, logits.Length);
        for (var rank = count; rank < candidates; rank++) rest += Math.Exp((double)_logits[rank] - maximum);
        _ids.AsSpan(0, count).CopyTo(ids);
        ids[..count].Sort();
        logTail = count == logits.Length ? double.NegativeInfinity : Math.Log(rest) - Math.Log(sum);
        return count;
    }

    /// <summary>
    /// ln Σ p^(1/T) over all V, with p the probabilities at T = 1: what makes a truncated row exact at another temperature
    /// (log p^T = log p / T − this).
    /// </summary>
    /// <param name="logits">[V], finite.</param>
    /// <param name="normaliser">ln Σ exp(logit).</param>
    /// <param name="temperature">T, above 0.</param>
    public double LogNormaliser(ReadOnlySpan<float> logits, double normaliser, double temperature)
    {
        var maximum = TensorPrimitives.Max(logits);
        return maximum / temperature + Math.Log(Mass(logits, maximum, temperature, [])) - normaliser / temperature;
    }

    /// <summary>Σ exp((logit − maximum)/T) of all classes but some; summed in double over chunks, each in float.</summary>
    private double Mass(ReadOnlySpan<float> logits, float maximum, double temperature, ReadOnlySpan<int> without)
    {
        var mass = 0d;
        for (var start = 0; start < logits.Length; start += Chunk)
        {
            var shifted = _shifted.AsSpan(0, Math.Min(Chunk, logits.Length - start));
            TensorPrimitives.Subtract(logits.Slice(start, shifted.Length), maximum, shifted);
            if (temperature != 1) TensorPrimitives.Divide(shifted, (float)temperature, shifted);
            TensorPrimitives.Exp(shifted, shifted);
            for (; without.Length > 0 && without[0] < start + shifted.Length; without = without[1..]) shifted[without[0] - start] = 0;
            mass += TensorPrimitives.Sum<float>(shifted);
        }
        return mass;
    }

    /// <summary>The most probable classes into <c>_ids</c> and <c>_logits</c>, best first.</summary>
    private void Rank(ReadOnlySpan<float> logits, int count)
    {
        for (var index = 0; index < count; index++) (_ids[index], _logits[index]) = (index, logits[index]);
        for (var parent = count / 2 - 1; parent >= 0; parent--) Sink(parent, count);
        // Ids rise, so a logit that only equals the worst candidate loses to it.
        for (var index = count; index < logits.Length; index++)
        {
            if (!(logits[index] > _logits[0])) continue;
            (_ids[0], _logits[0]) = (index, logits[index]);
            Sink(0, count);
        }
        for (var end = count - 1; end > 0; end--)
        {
            (_ids[0], _ids[end], _logits[0], _logits[end]) = (_ids[end], _ids[0], _logits[end], _logits[0]);
            Sink(0, end);
        }
    }

    /// <summary>Lets an entry of the heap, whose root is the worst candidate, down to its place.</summary>
    private void Sink(int parent, int count)
    {
        while (2 * parent + 1 is var child && child < count)
        {
            if (child + 1 < count && Worse(child + 1, child)) child++;
            if (!Worse(child, parent)) return;
            (_ids[parent], _ids[child], _logits[parent], _logits[child]) = (_ids[child], _ids[parent], _logits[child], _logits[parent]);
            parent = child;
        }
    }

    private bool Worse(int left, int right) =>
        _logits[left] < _logits[right] || _logits[left] == _logits[right] && _ids[left] > _ids[right];
}
