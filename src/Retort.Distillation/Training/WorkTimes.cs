namespace Retort.Training;

/// <summary>Where the time of a language model's training goes: answers are written, a teacher scores them, the rest is training.</summary>
/// <param name="time">The clock.</param>
public sealed class WorkTimes(TimeProvider time)
{
    private double _generation, _scoring;
    private long _since = time.GetTimestamp();

    /// <summary>Work that writes answers.</summary>
    public T Generating<T>(Func<T> work)
    {
        var (result, seconds) = Timed(work);
        _generation += seconds;
        return result;
    }

    /// <summary>Work of a teacher on the tokens that are learnt; its head is computed within the loss, which is training.</summary>
    public T Scoring<T>(Func<T> work)
    {
        var (result, seconds) = Timed(work);
        _scoring += seconds;
        return result;
    }

    /// <summary>Seconds of each kind since the last asking.</summary>
    public (double Generation, double Scoring, double Training) Take()
    {
        var all = time.GetElapsedTime(_since).TotalSeconds;
        var taken = (_generation, _scoring, Math.Max(0, all - _generation - _scoring));
        (_generation, _scoring, _since) = (0, 0, time.GetTimestamp());
        return taken;
    }

    private (T Result, double Seconds) Timed<T>(Func<T> work)
    {
        var began = time.GetTimestamp();
        return (work(), time.GetElapsedTime(began).TotalSeconds);
    }
}
