using Retort.Tensors;

namespace Retort.Training;

/// <summary>A watchdog stopped the run (exit code 1): the learners are as their last sound checkpoint has them.</summary>
/// <param name="location">Where the run was.</param>
/// <param name="what">What was found.</param>
/// <param name="rolledBack">What they are now.</param>
/// <param name="sound">There was such a checkpoint.</param>
public sealed class CollapsedException(string location, string what, string rolledBack, bool sound) : RunFailedException(location, what,
    rolledBack, "raise onPolicy.warmUpSteps, lower onPolicy.share, use reverse-kl or jensen-shannon, or lower learningRate; "
        + "thresholds stand in student.watchdog.")
{
    public bool Sound => sound;
}
