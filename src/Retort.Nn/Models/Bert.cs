using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Models;

/// <summary>Encoders with a classifier, apart by names and by what is behind their blocks.</summary>
public enum BertKind { Bert, DistilBert }

/// <summary>Sizes of a <see cref="Bert"/>.</summary>
/// <param name="Vocabulary">Tokens.</param>
/// <param name="Width">Of the residual stream; a multiple of Heads.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Of attention.</param>
/// <param name="Hidden">Width of the layer between.</param>
/// <param name="Positions">Longest sequence.</param>
/// <param name="Classes">Outputs of the classifier.</param>
/// <param name="TokenTypes">Kinds of tokens: first and second text of a pair; DistilBERT has none.</param>
/// <param name="Epsilon">Of the norms.</param>
/// <param name="Kind">Names of the tensors, and the layer before the classifier: tanh, or rectified in DistilBERT.</param>
/// <param name="Activation">Of the layer between.</param>
/// <param name="Masked">It says which tokens were masked, in place of a class: Classes is Vocabulary.</param>
/// <param name="Embedding">Width of a text's embedding, by a linear layer over the mean of the states; 0 = Width, and no layer.</param>
public sealed record BertShape(int Vocabulary, int Width, int Layers, int Heads, int Hidden, int Positions, int Classes, int TokenTypes = 2,
    double Epsilon = 1e-12, BertKind Kind = BertKind.Bert, Activation Activation = Activation.Gelu, bool Masked = false,
    int Embedding = 0);

/// <summary>
/// An encoder (Devlin et al. 2019; Sanh et al. 2019): learned positions, norms after each half block, GELU; and a layer over the first
/// token with a classifier, or a head that says which tokens were masked. Parameters are named as in checkpoints of that family.
/// </summary>
public sealed class Bert : Module
{
    public const string ClassifierName = "classifier";

    /// <summary>Path of the tap [batch, Embedding or Width]: one vector of length 1 a text.</summary>
    public const string Sentence = "sentence";

    /// <summary>Name of the layer behind the mean.</summary>
    public const string SentenceDense = "sentence.dense";

    private static readonly EncoderBlockNames Names = new("attention.self.query", "attention.self.key", "attention.self.value",
        "attention.output.dense", "attention.output.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm");

    private static readonly EncoderBlockNames DistilledNames = new("attention.q_lin", "attention.k_lin", "attention.v_lin",
        "attention.out_lin", "sa_layer_norm", "ffn.lin1", "ffn.lin2", "output_layer_norm");

    private readonly Parameter _words, _positions;
    private readonly Parameter? _types;
    private readonly LayerNorm _norm;
    private readonly EncoderBlock[] _blocks;
    private readonly Projection? _pooler, _classifier;
    private readonly MaskedHead? _masked;
    private readonly SentenceHead _sentence;
    private Arena? _arena;
    private Tensor _counting;

    public Bert(BertShape shape)
        : base(new Shape(shape.Positions), shape.Classes)
    {
        if (shape.Width % shape.Heads != 0) throw new RetortException("bert", $"width {shape.Width} of {shape.Heads} heads.",
            "a multiple.");
        Sizes = shape;
        var normal = Initializer.Normal(0.02);
        (EmbeddingsName, BlocksName, BlockNames, PoolerName) = shape.Kind == BertKind.Bert
            ? ("bert.embeddings", "bert.encoder.layer", Names, "bert.pooler.dense")
            : ("distilbert.embeddings", "distilbert.transformer.layer", DistilledNames, "pre_classifier");
        Parameter Table(string name, int rows) =>
            Weights.Add($"{EmbeddingsName}.{name}_embeddings.weight", new Shape(rows, shape.Width), normal);
        (_words, _positions) = (Table("word", shape.Vocabulary), Table("position", shape.Positions));
        if (shape.TokenTypes > 0) _types = Table("token_type", shape.TokenTypes);
        _norm = new LayerNorm(Weights, $"{EmbeddingsName}.LayerNorm", shape.Width, shape.Epsilon);
        _blocks = [.. Enumerable.Range(0, shape.Layers).Select(i => new EncoderBlock(Weights, BlocksName, i, BlockNames, shape, normal))];
        if (shape.Masked) _masked = new MaskedHead(Weights, shape, normal);
        else
        {
            _pooler = new Projection(Weights, shape.Width, true, normal, (PoolerName, shape.Width));
            _classifier = new Projection(Weights, shape.Width, true, normal, (ClassifierName, shape.Classes));
        }
        _sentence = new SentenceHead(Weights, shape, normal);
        StateNames = StatesOf(shape.Layers);
    }

    public BertShape Sizes { get; }

    /// <summary>As in Gpt.</summary>
    public bool RecomputesBlocks { get; set; }

    /// <summary>Where parameters stand: <c>{BlocksName}.{number}.{one of BlockNames}.weight</c>.</summary>
    public EncoderBlockNames BlockNames { get; }
    public string EmbeddingsName { get; }
    public string BlocksName { get; }
    public string PoolerName { get; }
    public override IReadOnlyList<Projection> Projections =>
        [.. _blocks.SelectMany(block => block.Projections),
            .. ((Projection?[])[_pooler, _classifier, _masked?.Transform]).OfType<Projection>()];
    public override Projection? Classifier => _classifier;

    /// <summary>Paths of the hidden states, from the embeddings to the last.</summary>
    public IReadOnlyList<string> StateNames { get; }

    /// <summary>
    /// The hidden states [tokens, Width], below each block's path its <c>queries</c>, <c>keys</c> and <c>values</c> [heads, tokens,
    /// width of a head], as attention compares them, and <see cref="Sentence"/>.
    /// </summary>
    public override IReadOnlyList<string> TapNames => TapsOf(Sizes.Layers);
    public override IReadOnlyList<Parameter> HiddenWeights => [];
    public override long MultiplyAdds => MultiplyAddsOf(Sizes.Positions);

    /// <summary>Multiply-adds of a sequence of so many tokens.</summary>
    public long MultiplyAddsOf(long tokens) =>
        tokens * _blocks.Sum(block => block.MultiplyAdds) + 2 * Sizes.Layers * tokens * tokens * Sizes.Width
            + (_masked is { } head ? tokens * head.MultiplyAdds : _pooler!.MultiplyAdds + _classifier!.MultiplyAdds);

    /// <summary>Paths of all taps of an encoder of so many layers.</summary>
    public static IReadOnlyList<string> TapsOf(int layers) =>
        [.. StatesOf(layers), .. AttentionParts.Below(StatesOf(layers).Skip(1)), Sentence];

    private static string[] StatesOf(int layers) => ["embeddings", .. Enumerable.Range(0, layers).Select(i => $"layer.{i}")];

    /// <summary>
    /// [batch, tokens] of the last <see cref="Forward"/> or <see cref="Embed"/>, 0 = padding; empty where there was none.
    /// </summary>
    public ReadOnlyMemory<int> Seen { get; private set; }

    public override void Build(Device device, Seed seed)
    {
        base.Build(device, seed);
        _arena?.Dispose();
        _arena = device.CreateArena("positions");
        _counting = _arena.Allocate(new Shape(Sizes.Positions), DataType.Int32);
        device.Write(_counting, [.. Enumerable.Range(0, Sizes.Positions)]);
    }

    /// <param name="step">Training or evaluation.</param>
    /// <param name="examples">
    /// [batch, tokens] int32, all of them seen; or [batch, Positions] float32 as <see cref="TokenRows"/> has them.
    /// </param>
    /// <returns>Logits [batch, Classes]; of a masked-language model [batch · tokens, Vocabulary].</returns>
    public override Tensor Forward(Step step, Tensor examples)
    {
        Seen = default;
        return Logits(step, StatesOfExamples(step, examples));
    }

    /// <summary>One vector a text: the mean of the last hidden states over its tokens, the linear layer, length 1.</summary>
    /// <param name="step">Training or evaluation.</param>
    /// <param name="examples">As <see cref="Forward"/> has them.</param>
    /// <returns>[batch, Embedding], or [batch, Width] where there is no layer.</returns>
    public Tensor Embed(Step step, Tensor examples)
    {
        Seen = default;
        var states = StatesOfExamples(step, examples);
        return _sentence.Forward(step, states, Seen.Span);
    }

    /// <summary>And which of them are padding, in <see cref="Seen"/>.</summary>
    private Tensor StatesOfExamples(Step step, Tensor examples)
    {
        if (examples.DataType == DataType.Int32) return States(step, examples);
        var rows = TokenRows.Read(step.Device.ToFloats(examples), (int)examples.Shape[0]);
        if (!rows.Seen.Contains(0)) return States(step, rows.TokensOn(step));
        Seen = rows.Seen;
        return States(step, rows.TokensOn(step), rows.SeenOn(step));
    }

    /// <summary>The last hidden states [batch, tokens, Width], which the pooler reads.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="tokens">[batch, tokens] int32, at most Positions.</param>
    /// <param name="mask">[batch, tokens] int32, 0 = padding; null = none.</param>
    /// <param name="types">[batch, tokens] int32 token types; null = all 0, and in DistilBERT passed over.</param>
    /// <param name="taps">Takes the values [batch, tokens, Width] at each of <see cref="StateNames"/>; null = not wanted.</param>
    /// <param name="attentions">Takes the attention probabilities [batch, Heads, tokens, tokens] of each layer; null = not wanted.</param>
    public Tensor States(Step step, Tensor tokens, Tensor? mask = null, Tensor? types = null, Tensor[]? taps = null,
        Tensor[]? attentions = null)
    {
        if (tokens.Shape.Rank != 2 || tokens.DataType != DataType.Int32)
            throw new RetortException("bert", $"was given {tokens.Shape} ({tokens.DataType}).", "[batch, tokens] of Int32.");
        if (tokens.Shape[1] > Sizes.Positions)
            throw new RetortException("bert", $"was given a text of {tokens.Shape[1]} tokens.",
                $"at most {Sizes.Positions}: the model knows no position beyond.", "shorten the text; nothing is cut silently.");
        if (taps is not null && taps.Length != StateNames.Count) throw new RetortException("bert", $"{taps.Length} places for taps.",
            $"{StateNames.Count}, one a name.");
        if (attentions is not null && attentions.Length != Sizes.Layers)
            throw new RetortException("bert", $"{attentions.Length} places for attention probabilities.", $"{Sizes.Layers}, one a layer.");
        var x = _norm.Forward(step, Embedded(step, tokens, types));
        x = Tap(StateNames[0], x);
        taps?[0] = x;
        for (var i = 0; i < _blocks.Length; i++)
        {
            var options = new AttentionOptions(KeyMask: mask);
            var parts = AttentionParts.AnyOf(Watched, StateNames[i + 1]) ? new AttentionParts() : null;
            x = RecomputesBlocks && attentions is null && parts is null
                ? _blocks[i].Recomputed(step, x, options)
                : _blocks[i].Forward(step, x, options, attentions, parts);
            foreach (var (path, value) in parts?.At(StateNames[i + 1]) ?? []) Tap(path, value);
            x = Tap(StateNames[i + 1], x);
            taps?[i + 1] = x;
        }
        if (Watches(Sentence)) Tap(Sentence, _sentence.Forward(step, x, mask is { } given ? Numbers(given) : []));
        return x;
    }

    private static int[] Numbers(Tensor mask)
    {
        var numbers = new int[mask.Shape.Count];
        mask.Device.Read(mask, numbers.AsSpan());
        return numbers;
    }

    /// <summary>Words, positions and types, added up.</summary>
    private Tensor Embedded(Step step, Tensor tokens, Tensor? types)
    {
        var places = step.Embedding(_positions.Value, _counting.Part(0, new Shape(tokens.Shape[1])));
        if (_types is not null && types is null)
            places = step.Add(places, step.Embedding(_types.Value, _counting.Part(0, new Shape(1))));
        var sum = step.Add(step.Embedding(_words.Value, tokens), places);
        return _types is not null && types is { } given ? step.Add(sum, step.Embedding(_types.Value, given)) : sum;
    }

    /// <summary>The classifier's answer: a layer over the first token, and one more; or what the masked tokens were.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="states">[batch, tokens, Width] of <see cref="States"/>.</param>
    /// <returns>[batch, Classes]; of a masked-language model [batch · tokens, Vocabulary].</returns>
    public Tensor Logits(Step step, Tensor states)
    {
        if (_masked is not null) return TokenLogits(step, step.Reshape(states, new Shape(states.Shape.CountOf(0, 2), Sizes.Width)));
        var first = step.Reshape(step.Slice(states, 1, 0, 1), new Shape(states.Shape[0], Sizes.Width));
        return _classifier!.Forward(step, _pooler!.Forward(step, first, Sizes.Kind == BertKind.Bert ? Activation.Tanh : Activation.Relu));
    }

    /// <summary>What tokens stood at some places.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="states">[places, Width] of <see cref="States"/>.</param>
    /// <returns>[places, Vocabulary]</returns>
    /// <exception cref="RetortException">It is no masked-language model.</exception>
    public Tensor TokenLogits(Step step, Tensor states) => _masked is { } head
        ? head.Forward(step, states, _words.Value)
        : throw new RetortException("bert", "a classifier was asked for tokens.", "a masked-language model.");

    public override void Dispose()
    {
        _arena?.Dispose();
        base.Dispose();
    }
}
