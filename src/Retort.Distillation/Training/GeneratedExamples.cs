using Retort.Nn;
using Retort.Nn.Models;
using Retort.Nn.Optimizers;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Training;

/// <summary>
/// Examples of a generator that learns in the loop: every few updates of the student it takes a step down its own loss, through teacher
/// and student, which stay as they are; then the same noise gives the examples of the updates to come.
/// </summary>
public sealed class GeneratedExamples : IExampleMaker
{
    private readonly ExamplesRecipe _recipe;
    private readonly Generator _generator;
    private readonly Optimizer _optimizer;
    private readonly GeneratorLoss _loss;
    private readonly (double Mean, double Deviation) _scale;
    private readonly Seed _seed;
    private readonly Step _step;
    private float[] _noise = [], _values = [];

    /// <param name="recipe">Method, sizes, weights.</param>
    /// <param name="loss">What the generator makes small.</param>
    /// <param name="exampleShape">Shape of one example.</param>
    /// <param name="scale">Mean and deviation of all numbers of the data, as the teacher's inputs have them.</param>
    /// <param name="seed">First weights and noise derive from it.</param>
    /// <param name="device">Where all of them compute.</param>
    public GeneratedExamples(ExamplesRecipe recipe, GeneratorLoss loss, Shape exampleShape, (double Mean, double Deviation) scale,
        Seed seed, Device device)
    {
        (_recipe, _loss, _scale, _seed) = (recipe, loss, scale, seed.Derive("noise"));
        _generator = exampleShape.Rank == 3
            ? new ImageGenerator(recipe.Latent, (recipe.Channels[0], recipe.Channels[^1]), exampleShape)
            : new VectorGenerator(recipe.Latent, recipe.Hidden, (int)exampleShape.Count);
        _generator.Build(device, seed.Derive("generator"));
        _optimizer = new AdamW(_generator.Weights, 0);
        _step = new Step(device, "generator");
    }

    public IReadOnlyList<(Weights Weights, Optimizer Optimizer)> Trained => [(_generator.Weights, _optimizer)];

    public Tensor Next(Step step, int count, long update)
    {
        var turn = update / _recipe.Every;
        var noise = Noise(count, turn);
        if (update % _recipe.Every == 0)
        {
            _step.Begin(training: true);
            _step.Backward(_loss.Of(_step, Examples(noise)));
            _optimizer.Update(turn + 1, _recipe.LearningRate, Optimizer.ClipScale(_optimizer.GradientNorm(), _recipe.ClipNorm));
        }
        _step.Begin(training: true);
        var made = Examples(noise);
        if (_values.Length < made.Shape.Count) _values = new float[made.Shape.Count];
        var values = _values.AsSpan(0, (int)made.Shape.Count);
        step.Device.Read(made, values);
        return step.Constant(made.Shape, values);

        Tensor Examples(ReadOnlySpan<float> latent) => _step.Plus(_step.Scale(
            _generator.Forward(_step, _step.Constant(new Shape(count, _recipe.Latent), latent)), _scale.Deviation), _scale.Mean);
    }

    private ReadOnlySpan<float> Noise(int count, long turn)
    {
        var size = count * _recipe.Latent;
        if (_noise.Length < size) _noise = new float[size];
        var own = _seed.Derive((ulong)turn);
        for (var i = 0; i < size; i++) _noise[i] = (float)own.Normal((ulong)i);
        return _noise.AsSpan(0, size);
    }

    public void Dispose()
    {
        _step.Dispose();
        _optimizer.Dispose();
        _generator.Dispose();
    }
}
