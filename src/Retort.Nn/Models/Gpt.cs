using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Models;

/// <summary>Sizes of a <see cref="Gpt"/>.</summary>
/// <param name="Vocabulary">Tokens.</param>
/// <param name="Width">Of the residual stream.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Of queries.</param>
/// <param name="KeyHeads">Of keys and values; Heads is a multiple.</param>
/// <param name="HeadWidth">Numbers of one head, even.</param>
/// <param name="Hidden">Width of the gated layer.</param>
/// <param name="Positions">Longest sequence.</param>
/// <param name="TiedHead">The head is the embedding.</param>
/// <param name="AttentionBias">Queries, keys and values have biases (Qwen 2).</param>
/// <param name="Frequencies">Of rotary positions, one a pair; null = base 10000.</param>
/// <param name="Epsilon">Of the norms.</param>
public sealed record GptShape(
    int Vocabulary, int Width, int Layers, int Heads, int KeyHeads, int HeadWidth, int Hidden, int Positions,
    bool TiedHead = false, bool AttentionBias = false, IReadOnlyList<double>? Frequencies = null, double Epsilon = 1e-6);

/// <summary>
/// A causal language model as Llama has it (Touvron et al. 2023): root-mean-square norms before each half block, rotary positions,
/// grouped queries, SwiGLU. Parameters are named as in checkpoints of that family.
/// </summary>
public sealed class Gpt : Module
{
    private readonly Parameter _embedding;
    private readonly Parameter _head;
    private readonly Block[] _blocks;
    private readonly RmsNorm _norm;
    private Arena? _arena;
    private RotaryTable _rotary;

    public Gpt(GptShape shape)
        : base(new Shape(shape.Positions), shape.Vocabulary)
    {
        if (shape.Heads % shape.KeyHeads != 0 || shape.HeadWidth % 2 != 0)
            throw new RetortException("gpt", $"{shape.Heads} heads of {shape.HeadWidth} on {shape.KeyHeads} heads of keys.",
                "a multiple of the heads of keys, and an even width.");
        Sizes = shape;
        var normal = Initializer.Normal(0.02);
        _embedding = Weights.Add("model.embed_tokens.weight", new Shape(shape.Vocabulary, shape.Width), normal);
        _blocks = [.. Enumerable.Range(0, shape.Layers).Select(i => new Block(Weights, $"model.layers.{i}", shape))];
        _norm = new RmsNorm(Weights, "model.norm", shape.Width, shape.Epsilon);
        _head = shape.TiedHead ? _embedding : Weights.Add("lm_head.weight", new Shape(shape.Vocabulary, shape.Width), normal);
        TapNames = ["embed_tokens", .. Enumerable.Range(0, shape.Layers).Select(i => $"layers.{i}"), "norm"];
    }

    public GptShape Sizes { get; }

    /// <summary>[Vocabulary, Width]: what <see cref="HeadLossOperation"/> takes beside <see cref="States"/>.</summary>
    public Tensor Head => _head.Value;
    public override IReadOnlyList<string> TapNames { get; }
    public override IReadOnlyList<Parameter> HiddenWeights => [];
    public override long MultiplyAdds => MultiplyAddsOf(Sizes.Positions);

    /// <summary>Multiply-adds of a sequence of so many tokens; of attention's scores and sums the half that is seen.</summary>
    public long MultiplyAddsOf(long tokens) =>
        tokens * (_blocks.Sum(block => block.MultiplyAdds) + _head.Shape.Count)
            + Sizes.Layers * tokens * tokens * Sizes.Heads * Sizes.HeadWidth;

    public override void Build(Device device, Seed seed)
    {
        base.Build(device, seed);
        _arena?.Dispose();
        _arena = device.CreateArena("rotary positions");
        _rotary = RotaryTable.Of(_arena, Sizes.Positions, [.. Sizes.Frequencies ?? RotaryFrequencies.Of(Sizes.HeadWidth)]);
    }

    /// <param name="step">Training or evaluation.</param>
    /// <param name="examples">[batch, tokens] int32.</param>
    /// <returns>Logits [batch·tokens, Vocabulary] of the token that follows each.</returns>
    public override Tensor Forward(Step step, Tensor examples) => step.Linear(Rows(step, States(step, examples)), Head);

    /// <summary>The last hidden states [batch, tokens, Width], which the head reads.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="tokens">[batch, tokens] int32, at most Positions.</param>
    /// <param name="mask">[batch, tokens] int32, 0 = padding; null = none.</param>
    /// <param name="taps">Takes the values [batch, tokens, Width] at each of <see cref="TapNames"/>; null = not wanted.</param>
    public Tensor States(Step step, Tensor tokens, Tensor? mask = null, Tensor[]? taps = null)
    {
        if (tokens.Shape.Rank != 2 || tokens.Shape[1] > Sizes.Positions || tokens.DataType != DataType.Int32)
            throw new RetortException("gpt", $"was given {tokens.Shape} ({tokens.DataType}).",
                $"[batch, at most {Sizes.Positions} tokens] of Int32.");
        if (taps is not null && taps.Length != TapNames.Count) throw new RetortException("gpt", $"{taps.Length} places for taps.",
            $"{TapNames.Count}, one a name.");
        var x = step.Embedding(_embedding.Value, tokens);
        taps?[0] = x;
        for (var i = 0; i < _blocks.Length; i++)
        {
            x = _blocks[i].Forward(step, x, _rotary, new AttentionOptions(Causal: true, KeyMask: mask));
            taps?[i + 1] = x;
        }
        x = _norm.Forward(step, x);
        taps?[^1] = x;
        return x;
    }

    /// <summary>[batch·tokens, Width]</summary>
    public static Tensor Rows(Step step, Tensor states) =>
        step.Reshape(states, new Shape(states.Shape[0] * states.Shape[1], states.Shape[2]));

    public override void Dispose()
    {
        _arena?.Dispose();
        base.Dispose();
    }

    private sealed class Block
    {
        private readonly GptShape _shape;
        private readonly RmsNorm _attentionNorm, _gateNorm;
        private readonly Projection _queriesKeysValues, _output, _gateUp, _down;

        public Block(Weights weights, string name, GptShape shape)
        {
            _shape = shape;
            int queries = shape.Heads * shape.HeadWidth, keys = shape.KeyHeads * shape.HeadWidth;
            // GPT-2: what adds to the stream starts smaller
            Initializer normal = Initializer.Normal(0.02), last = Initializer.Normal(0.02 / Math.Sqrt(2 * shape.Layers));
            _attentionNorm = new RmsNorm(weights, $"{name}.input_layernorm", shape.Width, shape.Epsilon);
            _queriesKeysValues = new Projection(weights, shape.Width, shape.AttentionBias, normal, ($"{name}.self_attn.q_proj", queries),
                ($"{name}.self_attn.k_proj", keys), ($"{name}.self_attn.v_proj", keys));
            _output = new Projection(weights, queries, false, last, ($"{name}.self_attn.o_proj", shape.Width));
            _gateNorm = new RmsNorm(weights, $"{name}.post_attention_layernorm", shape.Width, shape.Epsilon);
            _gateUp = new Projection(weights, shape.Width, false, normal, ($"{name}.mlp.gate_proj", shape.Hidden),
                ($"{name}.mlp.up_proj", shape.Hidden));
            _down = new Projection(weights, shape.Hidden, false, last, ($"{name}.mlp.down_proj", shape.Width));
        }

        public long MultiplyAdds => _queriesKeysValues.MultiplyAdds + _output.MultiplyAdds + _gateUp.MultiplyAdds + _down.MultiplyAdds;

        public Tensor Forward(Step step, Tensor x, RotaryTable rotary, AttentionOptions options)
        {
            int heads = _shape.Heads, keyHeads = _shape.KeyHeads;
            var joined = _queriesKeysValues.Forward(step, _attentionNorm.Forward(step, x));
            joined = step.Rotary(joined, rotary, heads + 2 * keyHeads, heads + keyHeads);
            x = _output.Forward(step, step.Attention(joined, heads, keyHeads, options), residual: x);
            var gated = step.GatedActivation(_gateUp.Forward(step, _gateNorm.Forward(step, x)));
            return _down.Forward(step, gated, residual: x);
        }
    }
}
