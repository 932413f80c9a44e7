using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Models;

/// <summary>Fully connected layers over the flattened example.</summary>
public sealed class Mlp : Module
{
    private readonly Linear[] _layers;
    private readonly double _inputDropout, _dropout;

    /// <param name="exampleShape">Shape of one example; it is flattened.</param>
    /// <param name="hidden">Widths of the hidden layers; empty = a linear model.</param>
    /// <param name="classes">Outputs.</param>
    /// <param name="activation">Of the hidden layers.</param>
    /// <param name="dropout">After each hidden layer.</param>
    /// <param name="inputDropout">Of the inputs.</param>
    /// <param name="ranks">As <see cref="Ranks"/> has them; null = whole matrices.</param>
    public Mlp(Shape exampleShape, IReadOnlyList<int> hidden, int classes, Activation activation = Activation.Relu, double dropout = 0,
        double inputDropout = 0, IReadOnlyList<int>? ranks = null)
        : base(exampleShape, classes)
    {
        Hidden = [.. hidden];
        TapNames = TapsOf(hidden.Count);
        Activation = activation;
        (_dropout, _inputDropout) = (dropout, inputDropout);
        var widths = new[] { checked((int)exampleShape.Count) }.Concat(hidden).Append(classes).ToArray();
        _layers = new Linear[widths.Length - 1];
        Ranks.Check(ranks ??= [], _layers.Length);
        for (var i = 0; i < _layers.Length; i++)
        {
            var last = i == _layers.Length - 1;
            var rectified = activation is Activation.Relu or Activation.Gelu or Activation.Silu;
            _layers[i] = new Linear(Weights, last ? "output" : $"hidden.{i}", widths[i], widths[i + 1],
                last ? Activation.None : activation, !last && rectified ? Initializer.He : Initializer.Glorot,
                Ranks.Of(ranks, i, widths[i + 1], widths[i]));
        }
    }

    public IReadOnlyList<int> Hidden { get; }
    public Activation Activation { get; }
    public IReadOnlyList<Linear> Layers => _layers;
    public override IReadOnlyList<string> TapNames { get; }
    public override (string Path, Linear Classifier)? Last => Hidden.Count == 0 ? null : (TapNames[^2], _layers[^1]);
    public override IReadOnlyList<Parameter> HiddenWeights => [.. _layers[..^1].Select(layer => layer.Weight)];
    public override long MultiplyAdds => _layers.Sum(layer => layer.MultiplyAdds);

    public override Tensor Forward(Step step, Tensor examples)
    {
        CheckInput("mlp", examples);
        var x = step.Reshape(examples, new Shape(examples.Shape[0], ExampleShape.Count));
        x = step.Dropout(x, _inputDropout);
        for (var i = 0; i < _layers.Length - 1; i++) x = step.Dropout(Hid(step, i, x), _dropout);
        return Tap("output", _layers[^1].Forward(step, x));
    }

    /// <summary>hidden.i.linear (before the activation) and hidden.i of each hidden layer, then output.</summary>
    public static IReadOnlyList<string> TapsOf(int hiddenLayers) =>
        [.. Enumerable.Range(0, hiddenLayers).SelectMany(i => new[] { $"hidden.{i}.linear", $"hidden.{i}" }), "output"];

    /// <summary>The layer in one pass, unless somebody wants to see what is before its activation.</summary>
    private Tensor Hid(Step step, int i, Tensor x) => Tap(TapNames[2 * i + 1], Watches(TapNames[2 * i])
        ? step.Activate(Tap(TapNames[2 * i], _layers[i].Sum(step, x)), Activation)
        : _layers[i].Forward(step, x));
}
