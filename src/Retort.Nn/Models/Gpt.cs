using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Models;

/// <summary>
/// A causal language model as Llama has it (Touvron et al. 2023): root-mean-square norms before each half block, rotary positions,
/// grouped queries, a gated layer; Qwen 2, Qwen 3 and Gemma 3 by what their <see cref="GptShape"/> says. Parameters are named as in
/// checkpoints of these families.
/// </summary>
public sealed class Gpt : Module
{
    private readonly Parameter _embedding;
    private readonly Parameter _head;
    private readonly GptBlock[] _blocks;
    private readonly RmsNorm _norm;
    private Arena? _arena;
    private RotaryTables? _rotary, _windowRotary;

    public Gpt(GptShape shape)
        : base(new Shape(shape.Positions), shape.Vocabulary)
    {
        shape.Check();
        Sizes = shape;
        var normal = Initializer.Normal(0.02);
        _embedding = Weights.Add("model.embed_tokens.weight", new Shape(shape.Vocabulary, shape.Width), normal);
        _blocks = [.. Enumerable.Range(0, shape.Layers).Select(i => new GptBlock(Weights, i, shape))];
        _norm = new RmsNorm(Weights, "model.norm", shape.Width, shape.Epsilon, shape.NormOffset);
        _head = shape.TiedHead ? _embedding : Weights.Add("lm_head.weight", new Shape(shape.Vocabulary, shape.Width), normal);
        StateNames = ["embed_tokens", .. Enumerable.Range(0, shape.Layers).Select(i => $"layers.{i}"), "norm"];
    }

    public GptShape Sizes { get; }

    /// <summary>[Vocabulary, Width]: what <see cref="HeadLossOperation"/> takes beside the last hidden states.</summary>
    public Tensor Head => _head.Value;

    /// <summary>[tokens, Width] of the head: rows of a padded vocabulary beyond the last token are nobody's, and take no part.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="tokens">Ids that texts can have.</param>
    public Tensor HeadOf(Step step, long tokens) =>
        Sizes.Vocabulary <= tokens ? Head
        : step.Recording ? step.Slice(Head, 0, 0, tokens) // a copy, so that the gradient of every row is written
        : Head.Part(0, new Shape(tokens, Sizes.Width));

    /// <summary>
    /// A training step keeps only what lies between half blocks and computes the rest again on its way back: a part of the memory for a
    /// third more time.
    /// </summary>
    public bool RecomputesBlocks { get; set; }
    public override IReadOnlyList<Projection> Projections => [.. _blocks.SelectMany(block => block.Projections)];

    /// <summary>Paths of the hidden states, from the embeddings to the last.</summary>
    public IReadOnlyList<string> StateNames { get; }

    /// <summary>
    /// The hidden states [tokens, Width], and below each block's path its <c>queries</c>, <c>keys</c> and <c>values</c> [heads, tokens,
    /// width of a head], as attention compares them.
    /// </summary>
    public override IReadOnlyList<string> TapNames => [.. StateNames, .. AttentionParts.Below(StateNames.Skip(1).Take(Sizes.Layers))];
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
        _rotary = new RotaryTables(_arena, Sizes.Rotary ?? new RotaryAngles(RotaryFrequencies.Of(Sizes.HeadWidth)));
        _windowRotary = Sizes.WindowRotary is { } other ? new RotaryTables(_arena, other) : _rotary;
    }

    /// <param name="step">Training or evaluation.</param>
    /// <param name="examples">[batch, tokens] int32.</param>
    /// <returns>Logits [batch·tokens, Vocabulary] of the token that follows each.</returns>
    public override Tensor Forward(Step step, Tensor examples) => step.Linear(Rows(step, States(step, examples)), Head);

    /// <summary>The last hidden states [batch, tokens, Width], which the head reads.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="tokens">[batch, tokens] int32, at most Positions.</param>
    /// <param name="mask">[batch, tokens] int32, 0 = padding; null = none.</param>
    /// <param name="taps">Takes the values [batch, tokens, Width] at each of <see cref="StateNames"/>; null = not wanted.</param>
    /// <param name="attentions">Takes the attention probabilities [batch, Heads, tokens, tokens] of each layer; null = not wanted.</param>
    /// <param name="packed">
    /// The mask numbers documents, from 1, that share a row: a token sees only its own document, and the states are those of the documents
    /// alone, for rotary positions act by their distance only.
    /// </param>
    public Tensor States(Step step, Tensor tokens, Tensor? mask = null, Tensor[]? taps = null, Tensor[]? attentions = null,
        bool packed = false)
    {
        Check(tokens, 0);
        if (taps is not null && taps.Length != StateNames.Count) throw new RetortException("gpt", $"{taps.Length} places for taps.",
            $"{StateNames.Count}, one a name.");
        if (attentions is not null && attentions.Length != Sizes.Layers)
            throw new RetortException("gpt", $"{attentions.Length} places for attention probabilities.", $"{Sizes.Layers}, one a layer.");
        return Run(step, tokens, mask, null, taps, attentions, packed);
    }

    /// <summary>The last hidden states of tokens that follow those in the cache, which takes them in. For evaluation.</summary>
    /// <param name="step">The running step, which does not record.</param>
    /// <param name="tokens">[batch, new tokens] int32.</param>
    /// <param name="cache">Of this model.</param>
    /// <returns>[batch, new tokens, Width]</returns>
    public Tensor States(Step step, Tensor tokens, KeyValueCache cache)
    {
        Check(tokens, cache.Length);
        if (step.Recording || tokens.Shape[0] != cache.Batch || cache.Length + tokens.Shape[1] > cache.Capacity)
            throw new RetortException("gpt",
                $"{tokens.Shape} behind {cache.Length} tokens in a cache of {cache.Batch} times {cache.Capacity}.",
                "as many sequences, room for the tokens, and a step that does not train.");
        var states = Run(step, tokens, cache.Mask(step, tokens.Shape[1]), cache, null, null);
        cache.Advance(tokens.Shape[1]);
        return states;
    }

    /// <summary>
    /// The last hidden states of sequences that are at different places, one behind the other: some go on by a token, others read a part
    /// of their prompt. The caches take the tokens in. For evaluation.
    /// </summary>
    /// <param name="step">The running step, which does not record.</param>
    /// <param name="sequences">Next tokens of each, and its own cache.</param>
    /// <returns>[1, all tokens, Width]</returns>
    public Tensor States(Step step, IReadOnlyList<CachedTokens> sequences)
    {
        foreach (var (tokens, cache) in sequences)
        {
            if (step.Recording || tokens.Length == 0 || cache.Batch != 1 || cache.Length + tokens.Length > cache.Capacity)
                throw new RetortException("gpt",
                    $"{tokens.Length} tokens behind {cache.Length} in a cache of {cache.Batch} times {cache.Capacity}.",
                    "one token or more, a cache of one sequence with room for them, and a step that does not train.");
            CheckLength(cache.Length + tokens.Length);
        }
        var all = sequences.SelectMany(part => part.Tokens.ToArray()).ToArray();
        int[] positions = [.. sequences.SelectMany(part => Enumerable.Range(part.Cache.Length, part.Tokens.Length))];
        var shape = new Shape(1, all.Length);
        var states = Run(step, step.Constant(shape, all.AsSpan()), null, null, null, null, parts: sequences,
            positions: step.Constant(shape, positions.AsSpan()), length: positions.Max() + 1);
        foreach (var (tokens, cache) in sequences) cache.Advance(tokens.Length);
        return states;
    }

    /// <summary>[batch·tokens, Width]</summary>
    public static Tensor Rows(Step step, Tensor states) =>
        step.Reshape(states, new Shape(states.Shape[0] * states.Shape[1], states.Shape[2]));

    private Tensor Run(Step step, Tensor tokens, Tensor? mask, KeyValueCache? cache, Tensor[]? taps, Tensor[]? attentions,
        bool packed = false, IReadOnlyList<CachedTokens>? parts = null, Tensor? positions = null, long length = 0)
    {
        if (parts is null) (length, positions) = (tokens.Shape[1] + (cache?.Length ?? 0), cache?.Positions(step, tokens.Shape[1]));
        var x = step.Embedding(_embedding.Value, tokens);
        if (Sizes.EmbeddingScale != 1) x = step.Scale(x, Sizes.EmbeddingScale);
        x = Tap(StateNames[0], x);
        taps?[0] = x;
        for (var i = 0; i < _blocks.Length; i++)
        {
            var window = Sizes.Windows?[i] ?? 0;
            var options = new AttentionOptions(Causal: true, Window: window, Scale: Sizes.AttentionScale, KeyMask: mask,
                Packed: packed);
            var input = new BlockInput((window > 0 ? _windowRotary : _rotary)!.For(length), options, positions, cache, parts);
            var watched = AttentionParts.AnyOf(Watched, StateNames[i + 1]) ? new AttentionParts() : null;
            x = RecomputesBlocks && cache is null && parts is null && attentions is null && watched is null
                ? _blocks[i].Recomputed(step, x, input)
                : _blocks[i].Forward(step, x, input, attentions, watched);
            foreach (var (path, value) in watched?.At(StateNames[i + 1]) ?? []) Tap(path, value);
            x = Tap(StateNames[i + 1], x);
            taps?[i + 1] = x;
        }
        x = _norm.Forward(step, x);
        x = Tap(StateNames[^1], x);
        taps?[^1] = x;
        return x;
    }

    private void Check(Tensor tokens, int before)
    {
        if (tokens.Shape.Rank != 2 || tokens.DataType != DataType.Int32)
            throw new RetortException("gpt", $"was given {tokens.Shape} ({tokens.DataType}).", "[batch, tokens] of Int32.");
        CheckLength(before + tokens.Shape[1]);
    }

    private void CheckLength(long tokens)
    {
        if (tokens > Sizes.Positions)
            throw new RetortException("gpt", $"was given a context of {tokens} tokens.",
                $"at most {Sizes.Positions}: the model knows no position beyond.", "shorten the text; nothing is cut silently.");
    }

    public override void Dispose()
    {
        _arena?.Dispose();
        base.Dispose();
    }
}
