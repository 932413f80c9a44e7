namespace Retort.Training;

/// <summary>Builds a model, trains it to the end (from its checkpoint, if one is there) and saves it.</summary>
public interface IFitting
{
    /// <summary>Name of the score by which <see cref="Run"/> says how a model does.</summary>
    string ScoreName { get; }

    /// <returns>Score and loss on the validation part.</returns>
    (double Score, double Loss) Run(Fit fit, CancellationToken cancellation);
}
