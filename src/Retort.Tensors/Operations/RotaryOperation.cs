using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>Cosines and sines [positions, pairs] of rotary positions.</summary>
/// <param name="Cosine">[positions, pairs]</param>
/// <param name="Sine">[positions, pairs]</param>
/// <param name="Interleaved">Pairs are neighbours (GPT-J); else number i of a head goes with number i + pairs (GPT-NeoX, Llama).</param>
public readonly record struct RotaryTable(Tensor Cosine, Tensor Sine, bool Interleaved = false)
{
    /// <summary>Position p turns pair i by p·frequencies[i]; computed in double, rounded once.</summary>
    /// <param name="arena">Where the table lives.</param>
    /// <param name="positions">Rows.</param>
    /// <param name="frequencies">Radians a position, one a pair.</param>
    /// <param name="interleaved">Which numbers are pairs.</param>
    /// <param name="scale">Of cosines and sines, and so of what is turned (YaRN).</param>
    public static RotaryTable Of(Arena arena, int positions, ReadOnlySpan<double> frequencies, bool interleaved = false, double scale = 1)
    {
        var shape = new Shape(positions, frequencies.Length);
        double[] cosines = new double[shape.Count], sines = new double[shape.Count];
        for (var i = 0; i < cosines.Length; i++)
        {
            var (sine, cosine) = Math.SinCos(i / frequencies.Length * frequencies[i % frequencies.Length]);
            (sines[i], cosines[i]) = (sine * scale, cosine * scale);
        }
        var table = new RotaryTable(arena.Allocate(shape), arena.Allocate(shape), interleaved);
        arena.Device.Write(table.Cosine, cosines);
        arena.Device.Write(table.Sine, sines);
        return table;
    }
}

/// <summary>Rotary positions: the first heads of each token are turned by its position, others (values) pass.</summary>
public static class RotaryOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="x">[batch, tokens, heads·width]</param>
    /// <param name="table">Angles of the positions; it may turn fewer numbers than a head has.</param>
    /// <param name="heads">Heads in x.</param>
    /// <param name="turned">How many of them turn: those of queries and keys.</param>
    /// <param name="positions">[batch, tokens] int32 below the table's; null = 0, 1, 2, … in each sequence.</param>
    public static Tensor Rotary(this Step step, Tensor x, RotaryTable table, int heads, int turned, Tensor? positions = null)
    {
        var shape = x.Shape;
        var pairs = table.Cosine.Shape[-1];
        if (shape.Rank != 3 || heads < 1 || turned < 0 || turned > heads || shape[2] % heads != 0 || shape[2] / heads < 2 * pairs)
            throw new RetortException("Rotary", $"{shape} as {heads} heads, {turned} of them turned, with {pairs} pairs.",
                "[batch, tokens, heads·width], and a width of at least two numbers a pair.");
        if (positions is { } given ? given.DataType != DataType.Int32
            || given.Shape != new Shape(shape[0], shape[1]) : shape[1] > table.Cosine.Shape[0])
            throw new RetortException("Rotary",
                $"{shape} with positions {positions?.Shape.ToString() ?? "in order"} of a table of {table.Cosine.Shape[0]}.",
                "[batch, tokens] Int32 positions, or no more tokens than the table has.");
        var terms = new RotationTerms(shape[0] * shape[1], shape[1], table.Cosine.Shape[0], heads, turned, (int)(shape[2] / heads),
            (int)pairs, table.Interleaved, Back: false);
        var y = step.Allocate(shape);
        step.Device.Kernels.Rotate(terms, x.Storage, table.Cosine.Storage, table.Sine.Storage, positions?.Storage ?? default, y.Storage);
        return step.Needs(x) ? step.Record(y, new Node(x, table, positions, terms with { Back = true })) : y;
    }

    private readonly struct Node(Tensor x, RotaryTable table, Tensor? positions, RotationTerms back) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            pass.Kernels.Rotate(back, gradient.Storage, table.Cosine.Storage, table.Sine.Storage, positions?.Storage
                ?? default, gradient.Storage);
            pass.Give(x, gradient);
        }
    }
}
