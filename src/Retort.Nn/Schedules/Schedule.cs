namespace Retort.Nn.Schedules;

/// <summary>
/// A number over training. With warm-up the first steps grow linearly from 0; the rest follows the kind, as the schedulers of the
/// transformers library do (linear and cosine reach <paramref name="Final"/>, there 0, at the end; past it cosine turns up again,
/// the others stay).
/// </summary>
/// <param name="Kind">Constant, Linear, Cosine, Step, Exponential or Switch.</param>
/// <param name="Initial">Value after the warm-up.</param>
/// <param name="Final">Value at the end (ignored by Constant).</param>
/// <param name="TotalSteps">Steps in all.</param>
/// <param name="WarmupSteps">Steps of growth at the start.</param>
/// <param name="Drops">Step: number of equal parts, one geometric drop between each.</param>
public sealed record Schedule(ScheduleKind Kind, double Initial, double Final, long TotalSteps, long WarmupSteps = 0, int Drops = 3)
{
    /// <summary>It stays at its end past it; a schedule of weights or temperatures, which may end before the training does.</summary>
    public bool Holds { get; init; }

    public static Schedule Constant(double value) => new(ScheduleKind.Constant, value, value, 1);

    /// <param name="step">0 for the first update.</param>
    public double At(long step)
    {
        if (step < WarmupSteps) return Initial * step / WarmupSteps;
        var progress = (step - WarmupSteps) / (double)Math.Max(1, TotalSteps - WarmupSteps);
        if (Holds) progress = Math.Min(1, progress);
        return Kind switch
        {
            ScheduleKind.Linear => Initial + (Final - Initial) * Math.Min(1, progress),
            ScheduleKind.Cosine => Final + (Initial - Final) * 0.5 * (1 + Math.Cos(Math.PI * progress)),
            ScheduleKind.Step => Dropped(progress),
            ScheduleKind.Exponential => Initial * Math.Pow(Final / Initial, Math.Min(1, progress)),
            ScheduleKind.Switch => progress < 1 ? Initial : Final,
            _ => Initial,
        };
    }

    /// <summary>Initial·r^⌊drops·x⌋, with r such that the last part has the final value (a tenth of it each time when that is 0).</summary>
    private double Dropped(double progress)
    {
        var part = Math.Min(Drops - 1, (int)(progress * Drops));
        var ratio = Final > 0 && Drops > 1 ? Math.Pow(Final / Initial, 1.0 / (Drops - 1)) : 0.1;
        return Initial * Math.Pow(ratio, part);
    }
}

/// <summary>
/// Exponential has a constant ratio between steps; Switch is the initial value until the end, and the final one from there.
/// </summary>
public enum ScheduleKind { Constant, Linear, Cosine, Step, Exponential, Switch }
