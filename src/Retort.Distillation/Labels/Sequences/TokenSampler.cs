using System.Numerics.Tensors;
using Retort.Tensors;

namespace Retort.Labels.Sequences;

/// <summary>
/// Draws tokens from a teacher's distribution at T = 1. Draws are keyed by seed, document and position: the same label whichever
/// worker made it. Holds room for one row; one for each thread.
/// </summary>
/// <param name="draws">N tokens a row, with replacement.</param>
/// <param name="seed">Of the whole set.</param>
public sealed class TokenSampler(int draws, Seed seed)
{
    private readonly double[] _points = new double[draws];
    private float[] _masses = [];

    /// <param name="logits">[V], finite.</param>
    /// <param name="document">Which document.</param>
    /// <param name="position">Which of its tokens.</param>
    /// <param name="ids">Room for min(N, V); what was drawn, ascending, each once.</param>
    /// <param name="logFrequencies">As many: ln(count/N).</param>
    /// <returns>Different ids drawn.</returns>
    public int Draw(ReadOnlySpan<float> logits, int document, int position, Span<int> ids, Span<float> logFrequencies)
    {
        if (_masses.Length < logits.Length) _masses = new float[logits.Length];
        var masses = _masses.AsSpan(0, logits.Length);
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), masses);
        TensorPrimitives.Exp(masses, masses);
        var total = 0d;
        foreach (var mass in masses) total += mass;

        var stream = seed.Derive((ulong)document);
        for (var draw = 0; draw < draws; draw++)
            _points[draw] = Math.Min(total * stream.UniformDouble((ulong)draw, (ulong)position), Math.BitDecrement(total));
        Array.Sort(_points);
        var (kept, id, point, reached) = (0, 0, 0, (double)masses[0]);
        while (point < draws)
        {
            while (reached <= _points[point]) reached += masses[++id];
            var count = 0;
            for (; point < draws && _points[point] < reached; point++) count++;
            (ids[kept], logFrequencies[kept]) = (id, (float)Math.Log(count / (double)draws));
            kept++;
        }
        return kept;
    }
}
