using Retort.Nn;
using Retort.Nn.Models;

namespace Retort.Checkpoints;

/// <summary>
/// Numbers that stand otherwise in GGUF files than in our models: Llama's queries and keys have the two numbers of a rotary pair side by
/// side, where ours are half a head apart; Gemma's norms hold the 1 that our model adds.
/// </summary>
/// <param name="shape">Of the model.</param>
/// <param name="pairsTogether">The file is of the family "llama".</param>
internal sealed class GgufLayout(GptShape shape, bool pairsTogether)
{
    /// <param name="parameter">Whose numbers they are.</param>
    /// <param name="values">As in the model.</param>
    /// <returns>As in the file.</returns>
    public float[] ToFile(Parameter parameter, float[] values) => Is(parameter, "norm.weight")
        ? Array.ConvertAll(values, value => (float)(value + shape.NormOffset))
        : Turns(parameter) ? Rows(values, parameter, (row, place) => (place, row)) : values;

    /// <summary>The inverse of <see cref="ToFile"/>.</summary>
    public float[] FromFile(Parameter parameter, float[] values) => Is(parameter, "norm.weight")
        ? Array.ConvertAll(values, value => (float)(value - shape.NormOffset))
        : Turns(parameter) ? Rows(values, parameter, (row, place) => (row, place)) : values;

    private bool Turns(Parameter parameter) => pairsTogether
        && (parameter.Name.Contains(".self_attn.q_proj.", StringComparison.Ordinal)
            || parameter.Name.Contains(".self_attn.k_proj.", StringComparison.Ordinal));

    /// <summary>Norms of blocks and the last one; their names end in norm or layernorm.</summary>
    private bool Is(Parameter parameter, string end) => shape.NormOffset != 0 && parameter.Name.EndsWith(end, StringComparison.Ordinal);

    /// <param name="values">[rows, …]</param>
    /// <param name="parameter">Whose rows are heads of HeadWidth.</param>
    /// <param name="way">(row in the model, its place in the file) → (to, from).</param>
    private float[] Rows(float[] values, Parameter parameter, Func<int, int, (int To, int From)> way)
    {
        var (width, half) = (shape.HeadWidth, shape.HeadWidth / 2);
        var columns = (int)(values.Length / parameter.Shape[0]);
        var moved = new float[values.Length];
        for (var row = 0; row < parameter.Shape[0]; row++)
        {
            var within = row % width;
            var (to, from) = way(row, row - within + within % half * 2 + within / half);
            values.AsSpan(from * columns, columns).CopyTo(moved.AsSpan(to * columns));
        }
        return moved;
    }
}
