using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Models;

/// <summary>Sizes of a <see cref="Bert"/>.</summary>
/// <param name="Vocabulary">Tokens.</param>
/// <param name="Width">Of the residual stream; a multiple of Heads.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Of attention.</param>
/// <param name="Hidden">Width of the layer between.</param>
/// <param name="Positions">Longest sequence.</param>
/// <param name="Classes">Outputs of the classifier.</param>
/// <param name="TokenTypes">Kinds of tokens: first and second text of a pair.</param>
/// <param name="Epsilon">Of the norms.</param>
public sealed record BertShape(int Vocabulary, int Width, int Layers, int Heads, int Hidden, int Positions, int Classes, int TokenTypes = 2,
    double Epsilon = 1e-12);

/// <summary>
/// An encoder with a classifier (Devlin et al. 2019): learned positions, norms after each half block, GELU, and a pooler over the
/// first token. Parameters are named as in checkpoints of that family.
/// </summary>
public sealed class Bert : Module
{
    private readonly Parameter _words, _positions, _types;
    private readonly LayerNorm _norm;
    private readonly Block[] _blocks;
    private readonly Projection _pooler, _classifier;
    private Arena? _arena;
    private Tensor _counting;

    public Bert(BertShape shape)
        : base(new Shape(shape.Positions), shape.Classes)
    {
        if (shape.Width % shape.Heads != 0) throw new RetortException("bert", $"width {shape.Width} of {shape.Heads} heads.",
            "a multiple.");
        Sizes = shape;
        var normal = Initializer.Normal(0.02);
        Parameter Table(string name, int rows) =>
            Weights.Add($"bert.embeddings.{name}_embeddings.weight", new Shape(rows, shape.Width), normal);
        (_words, _positions, _types) =
            (Table("word", shape.Vocabulary), Table("position", shape.Positions), Table("token_type", shape.TokenTypes));
        _norm = new LayerNorm(Weights, "bert.embeddings.LayerNorm", shape.Width, shape.Epsilon);
        _blocks = [.. Enumerable.Range(0, shape.Layers).Select(i => new Block(Weights, $"bert.encoder.layer.{i}", shape, normal))];
        _pooler = new Projection(Weights, shape.Width, true, normal, ("bert.pooler.dense", shape.Width));
        _classifier = new Projection(Weights, shape.Width, true, normal, ("classifier", shape.Classes));
        TapNames = ["embeddings", .. Enumerable.Range(0, shape.Layers).Select(i => $"layer.{i}")];
    }

    public BertShape Sizes { get; }
    public override IReadOnlyList<string> TapNames { get; }
    public override IReadOnlyList<Parameter> HiddenWeights => [];
    public override long MultiplyAdds => MultiplyAddsOf(Sizes.Positions);

    /// <summary>Multiply-adds of a sequence of so many tokens.</summary>
    public long MultiplyAddsOf(long tokens) =>
        tokens * _blocks.Sum(block => block.MultiplyAdds) + 2 * Sizes.Layers * tokens * tokens * Sizes.Width + _pooler.MultiplyAdds
            + _classifier.MultiplyAdds;

    public override void Build(Device device, Seed seed)
    {
        base.Build(device, seed);
        _arena?.Dispose();
        _arena = device.CreateArena("positions");
        _counting = _arena.Allocate(new Shape(Sizes.Positions), DataType.Int32);
        device.Write(_counting, [.. Enumerable.Range(0, Sizes.Positions)]);
    }

    /// <param name="step">Training or evaluation.</param>
    /// <param name="examples">[batch, tokens] int32.</param>
    /// <returns>Logits [batch, Classes].</returns>
    public override Tensor Forward(Step step, Tensor examples) => Logits(step, States(step, examples));

    /// <summary>The last hidden states [batch, tokens, Width], which the pooler reads.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="tokens">[batch, tokens] int32, at most Positions.</param>
    /// <param name="mask">[batch, tokens] int32, 0 = padding; null = none.</param>
    /// <param name="types">[batch, tokens] int32 token types; null = all 0.</param>
    /// <param name="taps">Takes the values [batch, tokens, Width] at each of <see cref="TapNames"/>; null = not wanted.</param>
    public Tensor States(Step step, Tensor tokens, Tensor? mask = null, Tensor? types = null, Tensor[]? taps = null)
    {
        if (tokens.Shape.Rank != 2 || tokens.Shape[1] > Sizes.Positions || tokens.DataType != DataType.Int32)
            throw new RetortException("bert", $"was given {tokens.Shape} ({tokens.DataType}).",
                $"[batch, at most {Sizes.Positions} tokens] of Int32.");
        if (taps is not null && taps.Length != TapNames.Count) throw new RetortException("bert", $"{taps.Length} places for taps.",
            $"{TapNames.Count}, one a name.");
        var places = step.Embedding(_positions.Value, _counting.Part(0, new Shape(tokens.Shape[1])));
        if (types is null) places = step.Add(places, step.Embedding(_types.Value, _counting.Part(0, new Shape(1))));
        var sum = step.Add(step.Embedding(_words.Value, tokens), places);
        if (types is { } given) sum = step.Add(sum, step.Embedding(_types.Value, given));
        var x = _norm.Forward(step, sum);
        taps?[0] = x;
        for (var i = 0; i < _blocks.Length; i++)
        {
            x = _blocks[i].Forward(step, x, new AttentionOptions(KeyMask: mask));
            taps?[i + 1] = x;
        }
        return x;
    }

    /// <summary>The classifier's answer: tanh of a layer over the first token, and one more layer.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="states">[batch, tokens, Width] of <see cref="States"/>.</param>
    /// <returns>[batch, Classes]</returns>
    public Tensor Logits(Step step, Tensor states)
    {
        var first = step.Reshape(step.Slice(states, 1, 0, 1), new Shape(states.Shape[0], Sizes.Width));
        return _classifier.Forward(step, _pooler.Forward(step, first, Activation.Tanh));
    }

    public override void Dispose()
    {
        _arena?.Dispose();
        base.Dispose();
    }

    private sealed class Block
    {
        private readonly int _heads;
        private readonly Projection _queriesKeysValues, _attended, _intermediate, _output;
        private readonly LayerNorm _attendedNorm, _outputNorm;

        public Block(Weights weights, string name, BertShape shape, Initializer normal)
        {
            _heads = shape.Heads;
            _queriesKeysValues = new Projection(weights, shape.Width, true, normal,
                ($"{name}.attention.self.query", shape.Width), ($"{name}.attention.self.key", shape.Width),
                    ($"{name}.attention.self.value", shape.Width));
            _attended = new Projection(weights, shape.Width, true, normal, ($"{name}.attention.output.dense", shape.Width));
            _attendedNorm = new LayerNorm(weights, $"{name}.attention.output.LayerNorm", shape.Width, shape.Epsilon);
            _intermediate = new Projection(weights, shape.Width, true, normal, ($"{name}.intermediate.dense", shape.Hidden));
            _output = new Projection(weights, shape.Hidden, true, normal, ($"{name}.output.dense", shape.Width));
            _outputNorm = new LayerNorm(weights, $"{name}.output.LayerNorm", shape.Width, shape.Epsilon);
        }

        public long MultiplyAdds =>
            _queriesKeysValues.MultiplyAdds + _attended.MultiplyAdds + _intermediate.MultiplyAdds + _output.MultiplyAdds;

        public Tensor Forward(Step step, Tensor x, AttentionOptions options)
        {
            var attention = step.Attention(_queriesKeysValues.Forward(step, x), _heads, _heads, options);
            x = _attendedNorm.Forward(step, _attended.Forward(step, attention, residual: x));
            return _outputNorm.Forward(step, _output.Forward(step, _intermediate.Forward(step, x, Activation.Gelu), residual: x));
        }
    }
}
