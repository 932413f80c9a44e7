namespace Retort.Training;

/// <summary>Remembers from update to update: a checkpoint keeps it, so that a resumed run goes on as if nothing had been.</summary>
public interface IRemembers
{
    byte[] Remembered();

    /// <param name="remembered">What <see cref="Remembered"/> gave.</param>
    void Recall(byte[] remembered);
}
