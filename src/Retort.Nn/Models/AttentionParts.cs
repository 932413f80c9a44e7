using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Nn.Models;

/// <summary>What one attention layer compares and sums, for objectives that look at it: taps behind the path of its block.</summary>
internal sealed class AttentionParts
{
    private static readonly string[] Names = ["queries", "keys", "values"];
    private readonly Tensor[] _parts = new Tensor[3];

    /// <summary>Paths below those of the blocks.</summary>
    public static IEnumerable<string> Below(IEnumerable<string> blocks) =>
        blocks.SelectMany(block => Names.Select(name => $"{block}.{name}"));

    public static bool AnyOf(IReadOnlyCollection<string> watched, string block) =>
        watched.Count > 0 && Below([block]).Any(watched.Contains);

    /// <summary>[batch, tokens, heads, width] each, kept as [batch, heads, tokens, width].</summary>
    public void Take(Step step, Tensor queries, Tensor keys, Tensor values)
    {
        (_parts[0], _parts[1], _parts[2]) =
            (step.Permute(queries, 0, 2, 1, 3), step.Permute(keys, 0, 2, 1, 3), step.Permute(values, 0, 2, 1, 3));
    }

    /// <summary>Each with its path.</summary>
    public IEnumerable<(string Path, Tensor Value)> At(string block) => Names.Select((name, i) => ($"{block}.{name}", _parts[i]));
}
