using Retort.Tensors;

namespace Retort.Nn.Models;

/// <summary>
/// Texts as data sets of numbers hold them: [batch, longest] float32, each number an id, and <see cref="Padding"/> behind the text. A float
/// holds whole numbers to 2²⁴ exactly, more than any vocabulary has.
/// </summary>
public sealed class TokenRows
{
    /// <summary>What stands where no token is.</summary>
    public const float Padding = -1;

    private readonly int[] _tokens;
    private readonly Shape _shape;

    private TokenRows(int[] tokens, int[] seen, Shape shape) => (_tokens, Seen, _shape) = (tokens, seen, shape);

    /// <summary>[batch, tokens] 0 = padding.</summary>
    public int[] Seen { get; }

    /// <summary>As long as the longest text of the batch: what is padding in every row is left out.</summary>
    /// <param name="rows">[batch, longest]</param>
    /// <param name="count">How many rows.</param>
    public static TokenRows Read(ReadOnlySpan<float> rows, int count)
    {
        var width = rows.Length / count;
        var length = 1;
        for (var i = 0; i < rows.Length; i++)
            if (rows[i] >= 0) length = Math.Max(length, i % width + 1);
        int[] tokens = new int[count * length], seen = new int[count * length];
        for (var row = 0; row < count; row++)
            for (var place = 0; place < length; place++)
            {
                var id = rows[row * width + place];
                if (id < 0) continue;
                (tokens[row * length + place], seen[row * length + place]) = ((int)id, 1);
            }
        return new TokenRows(tokens, seen, new Shape(count, length));
    }

    public Tensor TokensOn(Step step) => step.Constant(_shape, _tokens.AsSpan());
    public Tensor SeenOn(Step step) => step.Constant(_shape, Seen.AsSpan());
}
