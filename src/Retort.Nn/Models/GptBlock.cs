using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Nn.Models;

/// <summary>What a block is told beside the stream.</summary>
/// <param name="Rotary">Angles of its layer.</param>
/// <param name="Options">Which keys are seen.</param>
/// <param name="Positions">[batch, tokens] int32; null = 0, 1, 2, … in each sequence.</param>
/// <param name="Cache">Holds what came before; null = nothing did.</param>
/// <param name="Parts">Sequences of any length one behind the other, each with a cache of its own; null = there is a batch.</param>
internal readonly record struct BlockInput(RotaryTable Rotary, AttentionOptions Options, Tensor? Positions, KeyValueCache? Cache,
    IReadOnlyList<CachedTokens>? Parts = null);

/// <summary>Attention and a gated layer, each with a norm before it (and one behind it, where the shape says so).</summary>
internal sealed class GptBlock
{
    private readonly GptShape _shape;
    private readonly int _number;
    private readonly RmsNorm _attentionNorm, _gateNorm;
    private readonly RmsNorm? _attendedNorm, _gatedNorm, _queryNorm, _keyNorm;
    private readonly Projection _queriesKeysValues, _output, _gateUp, _down;

    public GptBlock(Weights weights, int number, GptShape shape)
    {
        (_shape, _number) = (shape, number);
        var name = $"model.layers.{number}";
        int queries = shape.Heads * shape.HeadWidth, keys = shape.KeyHeads * shape.HeadWidth;
        RmsNorm Norm(string place, int width) => new(weights, $"{name}.{place}", width, shape.Epsilon, shape.NormOffset);
        // GPT-2: what adds to the stream starts smaller
        Initializer normal = Initializer.Normal(0.02), last = Initializer.Normal(0.02 / Math.Sqrt(2 * shape.Layers));
        _attentionNorm = Norm("input_layernorm", shape.Width);
        _queriesKeysValues = new Projection(weights, shape.Width, shape.AttentionBias, normal, ($"{name}.self_attn.q_proj", queries),
            ($"{name}.self_attn.k_proj", keys), ($"{name}.self_attn.v_proj", keys));
        if (shape.HeadNorms)
            (_queryNorm, _keyNorm) = (Norm("self_attn.q_norm", shape.HeadWidth), Norm("self_attn.k_norm", shape.HeadWidth));
        _output = new Projection(weights, queries, shape.OutputBias, last, ($"{name}.self_attn.o_proj", shape.Width));
        if (shape.OutputNorms) _attendedNorm = Norm("post_attention_layernorm", shape.Width);
        _gateNorm = Norm(shape.OutputNorms ? "pre_feedforward_layernorm" : "post_attention_layernorm", shape.Width);
        _gateUp = new Projection(weights, shape.Width, shape.HiddenBias, normal, ($"{name}.mlp.gate_proj", shape.Hidden),
            ($"{name}.mlp.up_proj", shape.Hidden));
        _down = new Projection(weights, shape.Hidden, shape.HiddenBias, last, ($"{name}.mlp.down_proj", shape.Width));
        if (shape.OutputNorms) _gatedNorm = Norm("post_feedforward_layernorm", shape.Width);
    }

    public IReadOnlyList<Projection> Projections => [_queriesKeysValues, _output, _gateUp, _down];

    public long MultiplyAdds => _queriesKeysValues.MultiplyAdds + _output.MultiplyAdds + _gateUp.MultiplyAdds + _down.MultiplyAdds;

    /// <param name="step">The running step.</param>
    /// <param name="x">[batch, tokens, Width]</param>
    /// <param name="input">What is known of the tokens.</param>
    /// <param name="attentions">Takes, at the block's number, its probabilities [batch, heads, tokens, tokens]; null = not wanted.</param>
    /// <param name="parts">Takes its queries and keys as they are compared, and its values; null = not wanted.</param>
    public Tensor Forward(Step step, Tensor x, in BlockInput input, Tensor[]? attentions, AttentionParts? parts = null) =>
        Gated(step, Attended(step, x, input, attentions, parts));

    /// <summary>The same, of which a training step keeps only the stream before each half.</summary>
    public Tensor Recomputed(Step step, Tensor x, BlockInput input) =>
        step.Checkpointed(step.Checkpointed(x, value => Attended(step, value, input, null, null)), value => Gated(step, value));

    private Tensor Attended(Step step, Tensor x, in BlockInput input, Tensor[]? attentions, AttentionParts? parts)
    {
        var joined = _queriesKeysValues.Forward(step, _attentionNorm.Forward(step, x));
        var attended = _shape.HeadNorms || input.Cache is not null || input.Parts is not null || attentions is not null || parts is not null
            ? Apart(step, joined, input, attentions, parts)
            : Joined(step, joined, input);
        return Add(step, _output, attended, _attendedNorm, x);
    }

    private Tensor Gated(Step step, Tensor x) =>
        Add(step, _down, step.GatedActivation(_gateUp.Forward(step, _gateNorm.Forward(step, x)), _shape.Gate), _gatedNorm, x);

    /// <summary>Where nothing stands between a norm and the stream, the sum is part of the product.</summary>
    private static Tensor Add(Step step, Projection layer, Tensor inner, RmsNorm? norm, Tensor stream) => norm is null
        ? layer.Forward(step, inner, residual: stream)
        : step.Add(norm.Forward(step, layer.Forward(step, inner)), stream);

    /// <summary>Queries, keys and values are read where the product left them.</summary>
    private Tensor Joined(Step step, Tensor joined, in BlockInput input)
    {
        var (heads, keyHeads) = (_shape.Heads, _shape.KeyHeads);
        joined = step.Rotary(joined, input.Rotary, heads + 2 * keyHeads, heads + keyHeads, input.Positions);
        return step.Attention(joined, heads, keyHeads, input.Options);
    }

    private Tensor Apart(Step step, Tensor joined, in BlockInput input, Tensor[]? attentions, AttentionParts? parts)
    {
        var (heads, keyHeads) = (_shape.Heads, _shape.KeyHeads);
        var queries = Turned(step, Cut(step, joined, 0, heads), _queryNorm, input);
        var keys = Turned(step, Cut(step, joined, heads, keyHeads), _keyNorm, input);
        var values = Cut(step, joined, heads + keyHeads, keyHeads);
        parts?.Take(step, queries, keys, values);
        attentions?[_number] = step.AttentionProbabilities(queries, keys, input.Options);
        var attended = input.Parts is { } sequences ? Each(step, queries, keys, values, sequences, input.Options)
            : Cached(step, queries, keys, values, input.Cache, input.Options);
        return step.Reshape(attended, new Shape(joined.Shape[0], joined.Shape[1], heads * _shape.HeadWidth));
    }

    private Tensor Cached(Step step, Tensor queries, Tensor keys, Tensor values, KeyValueCache? cache, AttentionOptions options)
    {
        if (cache is null) return step.Attention(queries, keys, values, options);
        (keys, values) = cache.Append(step, _number, keys, values);
        return step.Attention(queries, keys, values, options with { Keys = cache.Length + queries.Shape[1] });
    }

    /// <summary>The layers take all tokens as one batch; here each sequence sees its own.</summary>
    private Tensor Each(Step step, Tensor queries, Tensor keys, Tensor values, IReadOnlyList<CachedTokens> sequences,
        AttentionOptions options)
    {
        var own = new SequenceKeys[sequences.Count];
        var first = 0L;
        for (var i = 0; i < own.Length; i++)
        {
            var (count, cache) = (sequences[i].Tokens.Length, sequences[i].Cache);
            var (all, their) = cache.Append(step, _number, Tokens(keys, first, count), Tokens(values, first, count));
            own[i] = new SequenceKeys(count, all, their, cache.Length + count);
            first += count;
        }
        return step.AttentionOfEach(queries, own, options);
    }

    /// <summary>[1, count, heads, width] of [1, tokens, heads, width].</summary>
    private static Tensor Tokens(Tensor all, long first, int count) =>
        all.Part(first * all.Shape[2] * all.Shape[3], new Shape(1, count, all.Shape[2], all.Shape[3]));

    /// <returns>[batch, tokens, heads, HeadWidth]</returns>
    private Tensor Cut(Step step, Tensor joined, int first, int heads) =>
        step.Reshape(step.Slice(joined, 2, first * _shape.HeadWidth, heads * _shape.HeadWidth),
            new Shape(joined.Shape[0], joined.Shape[1], heads, _shape.HeadWidth));

    private static Tensor Turned(Step step, Tensor x, RmsNorm? norm, in BlockInput input)
    {
        var shape = x.Shape;
        if (norm is not null) x = norm.Forward(step, x);
        var flat = step.Reshape(x, new Shape(shape[0], shape[1], shape[2] * shape[3]));
        return step.Reshape(step.Rotary(flat, input.Rotary, (int)shape[2], (int)shape[2], input.Positions), shape);
    }
}
