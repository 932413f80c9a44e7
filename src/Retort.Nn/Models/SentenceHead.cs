using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Nn.Models;

/// <summary>
/// From hidden states to one vector a text (Reimers and Gurevych 2019): their mean over tokens that are not padding, a linear layer where
/// there is one, length 1.
/// </summary>
internal sealed class SentenceHead
{
    private readonly Linear? _dense;

    public SentenceHead(Weights weights, BertShape shape, Initializer normal)
    {
        if (shape.Embedding > 0)
            _dense = new Linear(weights, Bert.SentenceDense, shape.Width, shape.Embedding, Activation.None, normal);
    }

    /// <param name="step">The running step.</param>
    /// <param name="states">[batch, tokens, Width]</param>
    /// <param name="seen">[batch, tokens] 0 = padding; empty = none is.</param>
    /// <returns>[batch, Embedding or Width]</returns>
    public Tensor Forward(Step step, Tensor states, ReadOnlySpan<int> seen)
    {
        var mean = step.MeanOfPlaces(states, seen);
        return step.UnitLength(_dense?.Forward(step, mean) ?? mean);
    }
}
