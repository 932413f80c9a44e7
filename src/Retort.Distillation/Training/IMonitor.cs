namespace Retort.Training;

/// <summary>Looks on while a learner learns.</summary>
public interface IMonitor : IRemembers
{
    /// <summary>Nothing is wrong; else what there is must not take the place of the last checkpoint.</summary>
    bool Sound { get; }

    /// <summary>Why the run is to be stopped, a sentence; null = it goes on.</summary>
    string? Collapse { get; }

    /// <summary>Told of every update.</summary>
    /// <param name="batch">What was learnt from.</param>
    void Passed(Batch batch);

    /// <summary>Looks at an update that is logged.</summary>
    /// <param name="updates">Updates done.</param>
    /// <param name="measures">What the lesson measured in it.</param>
    /// <returns>Numbers for the log, the measures among them.</returns>
    IReadOnlyList<(string Name, double Value)> Look(long updates, IReadOnlyList<(string Name, double Value)> measures);
}
