using Retort.Nn;

namespace Retort.Training;

/// <summary>Has the prompts of a batch answered anew: a learner is corrected on what it says, not only on what is there.</summary>
public interface IStudentGenerator : IRemembers
{
    /// <summary>What is learnt from in an update: the given batch, or answers to its prompts.</summary>
    /// <param name="update">Update to come, from 0.</param>
    /// <param name="student">As it is now.</param>
    /// <param name="given">The data's batch of this update.</param>
    Batch Next(long update, Module student, Batch given);

    /// <summary>Told the validation loss when it was measured.</summary>
    /// <param name="loss">The lower the better.</param>
    void Measured(double loss);
}
