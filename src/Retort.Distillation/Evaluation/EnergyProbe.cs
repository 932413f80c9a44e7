namespace Retort.Evaluation;

/// <summary>
/// Joules from a counter such as RAPL's energy_uj, which the caller reads (this room touches no disk). Null when the counter
/// cannot be read, did not move, or wrapped with an unknown range: an energy is measured or absent, never estimated.
/// </summary>
/// <param name="readMicrojoules">The counter now, or null.</param>
/// <param name="range">The value at which the counter wraps (max_energy_range_uj), where known.</param>
public sealed class EnergyProbe(Func<long?> readMicrojoules, long? range = null)
{
    /// <summary>Joules for 1000 examples, the whole machine package's: idle power is included.</summary>
    public double? JoulesPerThousand(Action work, int examples)
    {
        if (readMicrojoules() is not { } before)
            return null;
        work();
        if (readMicrojoules() is not { } after)
            return null;
        var used = after - before;
        if (used < 0)
            used += range ?? 0;
        return used > 0 && examples > 0 ? used / 1e6 / examples * 1000 : null;
    }
}
