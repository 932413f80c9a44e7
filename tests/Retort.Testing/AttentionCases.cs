using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Testing;

/// <summary>Attention with every way of seeing keys, heads that share keys, and one tensor in several places.</summary>
internal static class AttentionCases
{
    private static readonly int[] Padding = [1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1], Nobody = [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1],
        Documents = [1, 1, 1, 2, 2, 3, 0, 4, 5, 5, 5, 5, 0, 5];

    public static IEnumerable<OperationCase> All()
    {
        yield return Separate("attention", 2, 7, 7, 3, 3, 4, (_, o) => o);
        yield return Separate("attention causal", 2, 7, 7, 3, 3, 5, (_, o) => o with { Causal = true });
        yield return Separate("attention grouped", 2, 7, 7, 6, 2, 3, (_, o) => o with { Causal = true });
        yield return Separate("attention of the last queries", 2, 3, 7, 2, 1, 4, (_, o) => o with { Causal = true });
        yield return Separate("attention of more queries than keys", 1, 7, 4, 2, 2, 4, (_, o) => o with { Causal = true });
        yield return Separate("attention window", 2, 9, 9, 2, 2, 4, (_, o) => o with { Causal = true, Window = 3 });
        yield return Separate("attention window both ways", 1, 9, 9, 2, 2, 4, (_, o) => o with { Window = 2 });
        yield return Separate("attention softcap and scale", 1, 7, 7, 2, 2, 4, (_, o) => o with { Softcap = 1.5, Scale = 0.9 });
        yield return Separate("attention padding", 2, 7, 7, 2, 2, 4, (s, o) => o with { KeyMask = Mask(s, Padding) });
        yield return Separate("attention to nobody", 2, 7, 7, 2, 2, 4, (s, o) => o with { KeyMask = Mask(s, Nobody) });
        yield return Separate("attention packed", 2, 7, 7, 2, 1, 4, (s, o) =>
            o with { KeyMask = Mask(s, Documents), Packed = true, Causal = true });
        yield return Separate("attention everything", 2, 7, 7, 4, 2, 4, (s, o) =>
            o with { KeyMask = Mask(s, Documents), Packed = true, Causal = true, Window = 3, Softcap = 2, Scale = 1.1 });
        yield return Separate("attention 1×1", 1, 1, 1, 1, 1, 1, (_, o) => o);
        yield return Separate("attention 33", 1, 33, 33, 1, 1, 17, (_, o) => o with { Causal = true });
        yield return Separate("attention of no query", 2, 0, 3, 2, 2, 4, (_, o) => o);
        yield return Separate("attention to no key", 2, 3, 0, 2, 2, 4, (_, o) => o);
        foreach (var (heads, keyHeads) in new[] { (2, 2), (4, 2), (3, 1) })
            yield return Case($"attention joined {heads} {keyHeads}", i => [i.Normal(2, 6, (heads + 2 * keyHeads) * 3)],
                (s, x) => s.Attention(x[0], heads, keyHeads, new AttentionOptions(Causal: true)));
        yield return Probabilities("attention probabilities", 7, 3, 3, (_, o) => o);
        yield return Probabilities("attention probabilities everything", 7, 4, 2, (s, o) =>
            o with { KeyMask = Mask(s, Documents), Packed = true, Causal = true, Window = 3, Softcap = 2, Scale = 1.1 });
        yield return Case("attention of itself", i => [i.Normal(2, 5, 2, 4)], (s, x) => s.Attention(x[0], x[0], x[0]));
        yield return Case("attention, keys are values", i =>
            [i.Normal(2, 5, 4, 4), i.Normal(2, 5, 2, 4)], (s, x) => s.Attention(x[0], x[1], x[1]));
        yield return Case("attention, joined used twice", i =>
            [i.Normal(1, 5, 12)], (s, x) => s.Add(s.Attention(x[0], 1, 1), s.Attention(x[0], 1, 1, new AttentionOptions(Causal: true))));
        yield return Case("attention, constant keys", i =>
            [i.Normal(1, 5, 2, 4), i.Constant(1, 5, 2, 4), i.Normal(1, 5, 2, 4)], (s, x) => s.Attention(x[0], x[1], x[2]));
    }

    private static OperationCase Case(string name, Func<OperationInputs, OperationInput[]> inputs, Func<Step, Tensor[], Tensor> run) =>
        new(name, inputs(new OperationInputs(name)), run);

    private static OperationCase Separate(string name, int batch, int queries, int keys, int heads, int keyHeads, int width,
        Func<Step, AttentionOptions, AttentionOptions> options) => Case(name,
        i => [i.Normal(batch, queries, heads, width), i.Normal(batch, keys, keyHeads, width), i.Normal(batch, keys, keyHeads, width)],
        (s, x) => s.Attention(x[0], x[1], x[2], options(s, default)));

    private static OperationCase Probabilities(string name, int tokens, int heads, int keyHeads,
        Func<Step, AttentionOptions, AttentionOptions> options) => Case(name,
        i => [i.Normal(2, tokens, heads, 4), i.Normal(2, tokens, keyHeads, 4)],
        (s, x) => s.AttentionProbabilities(x[0], x[1], options(s, default)));

    private static Tensor Mask(Step step, int[] mask) => step.Constant(new Shape(2, mask.Length / 2), mask);
}
