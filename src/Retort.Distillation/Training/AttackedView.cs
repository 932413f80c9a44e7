using Retort.Nn;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>
/// The examples of a step as an attack on the student leaves them; what it raises is the objective itself, with the answers about the
/// examples as they were (Zi et al. 2021, RSLAD; Goldblum et al. 2020, ARD; Madry et al. 2018 where the class alone is taught).
/// </summary>
public sealed class AttackedView(AttackRecipe recipe, (float Least, float Most) range, Module student, WeightedSum objective, Device device)
    : IDisposable
{
    private readonly Attack _attack = new(recipe, range, device);
    private float[] _moved = [];

    public double CleanWeight => recipe.CleanWeight;

    /// <param name="step">The running step, where the moved examples will live.</param>
    /// <param name="batch">Examples and stored answers.</param>
    /// <param name="said">Answers of a teacher in the loop about the examples as they are.</param>
    /// <param name="update">Update to come, from 0.</param>
    /// <param name="seed">Of this update.</param>
    public Tensor Of(Step step, Batch batch, LiveAnswer? said, long update, Seed seed)
    {
        var size = batch.Count * (int)student.ExampleShape.Count;
        if (_moved.Length < size) _moved = new float[size];
        var examples = _moved.AsSpan(0, size);
        batch.Examples.AsSpan(0, size).CopyTo(examples);
        _attack.Run(student, examples, batch.Count, (own, logits) =>
            objective.Loss(own, ExampleLesson.SignalsOf(own, logits, batch, student, said), update).Loss, seed.Derive("attack"));
        return step.Constant(student.BatchShape(batch.Count), examples);
    }

    public void Dispose() => _attack.Dispose();
}
