namespace Retort.Training;

/// <summary>
/// Fills the next batch on another thread while this one is learnt from. Which batch an update gets does not depend on it: the source
/// answers the same for any order of asking.
/// </summary>
/// <param name="source">Is asked by one thread at a time.</param>
public sealed class PrefetchedBatches(IBatchSource source) : IBatchSource, IDisposable
{
    private readonly Batch _next = source.CreateBatch();
    private Task _filling = Task.CompletedTask;
    private long _update = -1;

    public int StepsPerEpoch => source.StepsPerEpoch;

    public Batch CreateBatch() => source.CreateBatch();

    /// <summary>What the source throws is thrown here, when its batch is asked for.</summary>
    public void Fill(long update, Batch batch)
    {
        Task.WaitAny(_filling); // whatever became of it
        if (_update == update)
        {
            _filling.GetAwaiter().GetResult();
            batch.Exchange(_next);
        }
        else
        {
            source.Fill(update, batch);
        }
        _update = update + 1;
        _filling = Task.Run(() => source.Fill(update + 1, _next));
    }

    public void Dispose() => Task.WaitAny(_filling);
}
