using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>Attention's work on the scores of one query with some neighbouring keys.</summary>
internal static unsafe class ScoreRows
{
    /// <summary>s ← 0 before low and from high on.</summary>
    public static void ClearOutside(float* s, long low, long high, long count)
    {
        FloatRows.Clear(s, (nint)low);
        FloatRows.Clear(s + high, (nint)(count - high));
    }

    /// <summary>s ← cap·tanh(scale·s/cap).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Cap(float* s, long count, float scale, float cap)
    {
        Vector512<float> factor = Vector512.Create(scale / cap), caps = Vector512.Create(cap);
        for (var i = 0L; i < count; i += Lanes.Count)
            Lanes.Store(s + i, count - i, caps * CpuMath.Tanh(Vector512.Load(s + i) * factor));
    }

    /// <summary>s ← −∞ where the mask is 0, or names another document.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Hide(float* s, long count, int* mask, int document, bool packed)
    {
        Vector512<float> hidden = Vector512.Create(float.NegativeInfinity);
        Vector512<int> own = Vector512.Create(document);
        for (var i = 0L; i < count; i += Lanes.Count)
        {
            var documents = Vector512.Load(mask + i);
            var seen = ~Vector512.Equals(documents, Vector512<int>.Zero);
            if (packed) seen &= Vector512.Equals(documents, own);
            Lanes.Store(s + i, count - i, Vector512.ConditionalSelect(seen.AsSingle(), Vector512.Load(s + i), hidden));
        }
    }

    /// <summary>Backward of one row: s ← p = exp(scale·s − logSum), d ← p·(d − mean)·slope.</summary>
    /// <param name="s">Prepared scores.</param>
    /// <param name="d">∂L/∂p.</param>
    /// <param name="count">Keys.</param>
    /// <param name="scale">What Prepare told.</param>
    /// <param name="logSum">Of the whole row.</param>
    /// <param name="mean">Σ p·∂L/∂p of the whole row.</param>
    /// <param name="slope">Of a score in its product.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Differentiate(float* s, float* d, long count, float scale, float logSum, float mean, float slope)
    {
        Vector512<float> scales = Vector512.Create(scale), logSums = Vector512.Create(logSum), means = Vector512.Create(mean),
            slopes = Vector512.Create(slope);
        for (var i = 0L; i < count; i += Lanes.Count)
        {
            var p = CpuMath.Exp(Vector512.Load(s + i) * scales - logSums);
            Lanes.Store(d + i, count - i, p * (Vector512.Load(d + i) - means) * slopes);
            Lanes.Store(s + i, count - i, p);
        }
    }

    /// <summary>As <see cref="Differentiate"/> where scores s were capped: the slope falls by 1 − (s/cap)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DifferentiateCapped(float* s, float* d, long count, float logSum, float mean, float slope, float cap)
    {
        Vector512<float> logSums = Vector512.Create(logSum), means = Vector512.Create(mean), slopes = Vector512.Create(slope);
        Vector512<float> lowest = Vector512.Create(-1f), inverse = Vector512.Create(1 / cap);
        for (var i = 0L; i < count; i += Lanes.Count)
        {
            var score = Vector512.Load(s + i);
            var share = Vector512.Max(score * inverse, lowest); // a hidden key's is −∞
            var p = CpuMath.Exp(score - logSums);
            Lanes.Store(d + i, count - i, p * (Vector512.Load(d + i) - means) * slopes * (Vector512<float>.One - share * share));
            Lanes.Store(s + i, count - i, p);
        }
    }
}
