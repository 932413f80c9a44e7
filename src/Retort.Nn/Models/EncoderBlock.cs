using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Models;

/// <summary>Names of the tensors of a block, behind its number.</summary>
/// <param name="Query">And <paramref name="Key"/>, <paramref name="Value"/>: what attention reads.</param>
/// <param name="Key">See Query.</param>
/// <param name="Value">See Query.</param>
/// <param name="Attended">The layer behind attention, with its norm.</param>
/// <param name="AttendedNorm">See Attended.</param>
/// <param name="Intermediate">The wide layer.</param>
/// <param name="Output">The layer behind it, with its norm.</param>
/// <param name="OutputNorm">See Output.</param>
public sealed record EncoderBlockNames(string Query, string Key, string Value, string Attended, string AttendedNorm,
    string Intermediate, string Output, string OutputNorm);

/// <summary>Attention and a wide layer, each with a norm behind it (Vaswani et al. 2017).</summary>
internal sealed class EncoderBlock
{
    private readonly int _number, _heads;
    private readonly Activation _activation;
    private readonly Projection _queriesKeysValues, _attended, _intermediate, _output;
    private readonly LayerNorm _attendedNorm, _outputNorm;

    public EncoderBlock(Weights weights, string blocks, int number, EncoderBlockNames names, BertShape shape, Initializer normal)
    {
        (_number, _heads, _activation) = (number, shape.Heads, shape.Activation);
        var name = $"{blocks}.{number}";
        Projection Layer(int inputs, string place, int outputs) => new(weights, inputs, true, normal, ($"{name}.{place}", outputs));
        LayerNorm Norm(string place) => new(weights, $"{name}.{place}", shape.Width, shape.Epsilon);
        _queriesKeysValues = new Projection(weights, shape.Width, true, normal, ($"{name}.{names.Query}", shape.Width),
            ($"{name}.{names.Key}", shape.Width), ($"{name}.{names.Value}", shape.Width));
        (_attended, _attendedNorm) = (Layer(shape.Width, names.Attended, shape.Width), Norm(names.AttendedNorm));
        _intermediate = Layer(shape.Width, names.Intermediate, shape.Hidden);
        (_output, _outputNorm) = (Layer(shape.Hidden, names.Output, shape.Width), Norm(names.OutputNorm));
    }

    public IReadOnlyList<Projection> Projections => [_queriesKeysValues, _attended, _intermediate, _output];

    public long MultiplyAdds =>
        _queriesKeysValues.MultiplyAdds + _attended.MultiplyAdds + _intermediate.MultiplyAdds + _output.MultiplyAdds;

    /// <summary>As <see cref="Forward"/>, of which a training step keeps only the input.</summary>
    public Tensor Recomputed(Step step, Tensor x, AttentionOptions options) =>
        step.Checkpointed(x, value => Forward(step, value, options, null));

    /// <param name="step">The running step.</param>
    /// <param name="x">[batch, tokens, Width]</param>
    /// <param name="options">Which keys are seen.</param>
    /// <param name="attentions">Takes, at the block's number, its probabilities [batch, heads, tokens, tokens]; null = not wanted.</param>
    /// <param name="parts">Takes its queries, keys and values; null = not wanted.</param>
    public Tensor Forward(Step step, Tensor x, AttentionOptions options, Tensor[]? attentions, AttentionParts? parts = null)
    {
        var joined = _queriesKeysValues.Forward(step, x);
        parts?.Take(step, Cut(step, joined, 0), Cut(step, joined, 1), Cut(step, joined, 2));
        attentions?[_number] = step.AttentionProbabilities(Cut(step, joined, 0), Cut(step, joined, 1), options);
        x = _attendedNorm.Forward(step, _attended.Forward(step, step.Attention(joined, _heads, _heads, options), residual: x));
        return _outputNorm.Forward(step, _output.Forward(step, _intermediate.Forward(step, x, _activation), residual: x));
    }

    /// <returns>[batch, tokens, heads, width] of queries (0), keys (1) or values (2).</returns>
    private Tensor Cut(Step step, Tensor joined, int part)
    {
        var width = joined.Shape[2] / 3;
        return step.Reshape(step.Slice(joined, 2, part * width, width),
            new Shape(joined.Shape[0], joined.Shape[1], _heads, width / _heads));
    }
}
