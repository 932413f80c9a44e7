using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Models;

/// <summary>
/// From hidden states to tokens (Devlin et al. 2019): a layer, a norm, and the product with the word embeddings, which it shares.
/// </summary>
internal sealed class MaskedHead
{
    private readonly LayerNorm _norm;
    private readonly Parameter _bias;
    private readonly Activation _activation;

    public MaskedHead(Weights weights, BertShape shape, Initializer normal)
    {
        var (transform, norm, bias) = shape.Kind == BertKind.Bert
            ? ("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias")
            : ("vocab_transform", "vocab_layer_norm", "vocab_projector.bias");
        Transform = new Projection(weights, shape.Width, true, normal, (transform, shape.Width));
        _norm = new LayerNorm(weights, norm, shape.Width, shape.Epsilon);
        _bias = weights.Add(bias, new Shape(shape.Vocabulary), Initializer.Zeros);
        _activation = shape.Activation;
        MultiplyAdds = Transform.MultiplyAdds + (long)shape.Width * shape.Vocabulary;
    }

    public Projection Transform { get; }

    /// <summary>Of one place.</summary>
    public long MultiplyAdds { get; }

    /// <param name="step">The running step.</param>
    /// <param name="states">[places, Width]</param>
    /// <param name="words">[Vocabulary, Width]</param>
    /// <returns>[places, Vocabulary]</returns>
    public Tensor Forward(Step step, Tensor states, Tensor words) =>
        step.Linear(_norm.Forward(step, Transform.Forward(step, states, _activation)), words, _bias.Value);
}
