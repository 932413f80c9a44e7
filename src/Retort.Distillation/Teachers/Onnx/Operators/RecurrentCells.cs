using System.Numerics.Tensors;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>One step of one sequence.</summary>
/// <param name="gates">[gates·H] input times its weights, with biases; may be written to.</param>
/// <param name="recurrent">[gates·H, H]</param>
/// <param name="terms">What else the cell knows.</param>
/// <param name="hidden">[H] before and after.</param>
/// <param name="cell">[H] before and after; LSTM only.</param>
internal delegate void RecurrentStep(Span<float> gates, ReadOnlySpan<float> recurrent, RecurrentTerms terms, Span<float> hidden,
    Span<float> cell);

/// <summary>Constants of a direction.</summary>
/// <param name="Activations">In the order of the operator's attribute.</param>
/// <param name="RecurrentBias">[gates·H]; already in the gates for cells that do not need it apart.</param>
/// <param name="Peepholes">[3·H] input, output, forget; LSTM only.</param>
/// <param name="Clip">Largest size of what goes into an activation.</param>
/// <param name="LinearBeforeReset">GRU: the reset gate acts after the product.</param>
/// <param name="InputForget">LSTM: the forget gate is 1 − input gate.</param>
internal sealed record RecurrentTerms(Func<float, float>[] Activations, float[] RecurrentBias, float[] Peepholes, float Clip,
    bool LinearBeforeReset, bool InputForget)
{
    public float Activate(int which, float value) => Activations[which](Math.Clamp(value, -Clip, Clip));
}

/// <summary>The cells as ONNX defines them: gates i, o, f, c of LSTM and z, r, h of GRU.</summary>
internal static class RecurrentCells
{
    /// <summary>H = f(X·Wᵀ + H·Rᵀ + biases).</summary>
    public static void Plain(Span<float> gates, ReadOnlySpan<float> recurrent, RecurrentTerms terms, Span<float> hidden, Span<float> cell)
    {
        AddProduct(gates, recurrent, hidden);
        for (var i = 0; i < hidden.Length; i++) hidden[i] = terms.Activate(0, gates[i]);
    }

    /// <summary>Hochreiter and Schmidhuber 1997, with peepholes (Gers and Schmidhuber 2000).</summary>
    public static void Lstm(Span<float> gates, ReadOnlySpan<float> recurrent, RecurrentTerms terms, Span<float> hidden, Span<float> cell)
    {
        var size = hidden.Length;
        var peepholes = terms.Peepholes;
        AddProduct(gates, recurrent, hidden);
        for (var i = 0; i < size; i++)
        {
            var old = cell[i];
            var input = terms.Activate(0, gates[i] + peepholes[i] * old);
            var forget = terms.InputForget ? 1 - input : terms.Activate(0, gates[2 * size + i] + peepholes[2 * size + i] * old);
            cell[i] = forget * old + input * terms.Activate(1, gates[3 * size + i]);
            hidden[i] = terms.Activate(0, gates[size + i] + peepholes[size + i] * cell[i]) * terms.Activate(2, cell[i]);
        }
    }

    /// <summary>Cho et al. 2014.</summary>
    public static void Gru(Span<float> gates, ReadOnlySpan<float> recurrent, RecurrentTerms terms, Span<float> hidden, Span<float> cell)
    {
        var size = hidden.Length;
        var first = gates[..(2 * size)];
        AddProduct(first, recurrent[..(2 * size * size)], hidden);
        TensorPrimitives.Add(first, terms.RecurrentBias.AsSpan(0, 2 * size), first);
        var reset = new float[size];
        for (var i = 0; i < size; i++) reset[i] = terms.Activate(0, gates[size + i]);
        var candidate = terms.RecurrentBias.AsSpan(2 * size, size).ToArray();
        var last = recurrent[(2 * size * size)..];
        if (terms.LinearBeforeReset)
        {
            AddProduct(candidate, last, hidden);
            TensorPrimitives.Multiply(candidate, reset, candidate);
        }
        else
        {
            TensorPrimitives.Multiply(reset, hidden, reset);
            AddProduct(candidate, last, reset);
        }
        for (var i = 0; i < size; i++)
        {
            var update = terms.Activate(0, gates[i]);
            hidden[i] = (1 - update) * terms.Activate(1, gates[2 * size + i] + candidate[i]) + update * hidden[i];
        }
    }

    private static void AddProduct(Span<float> sums, ReadOnlySpan<float> matrix, ReadOnlySpan<float> vector)
    {
        for (var row = 0; row < sums.Length; row++) sums[row] += TensorPrimitives.Dot(matrix.Slice(row * vector.Length, vector.Length),
            vector);
    }

    /// <summary>An activation by its name in the operator's attribute.</summary>
    /// <param name="name">In any case of letters.</param>
    /// <param name="first">alpha, or null.</param>
    /// <param name="second">beta, or null.</param>
    public static Func<float, float>? Activation(string name, float? first, float? second) => name.ToUpperInvariant() switch
    {
        "SIGMOID" => x => 1 / (1 + MathF.Exp(-x)),
        "TANH" => MathF.Tanh,
        "RELU" => x => Math.Max(0, x),
        "AFFINE" => x => (first ?? 1) * x + (second ?? 0),
        "LEAKYRELU" => x => x < 0 ? (first ?? 0.01f) * x : x,
        "THRESHOLDEDRELU" => x => x > (first ?? 1) ? x : 0,
        "SCALEDTANH" => x => (first ?? 1) * MathF.Tanh((second ?? 1) * x),
        "HARDSIGMOID" => x => Math.Clamp((first ?? 0.2f) * x + (second ?? 0.5f), 0, 1),
        "ELU" => x => x < 0 ? (first ?? 1) * (MathF.Exp(x) - 1) : x,
        "SOFTSIGN" => x => x / (1 + Math.Abs(x)),
        "SOFTPLUS" => x => MathF.Log(1 + MathF.Exp(x)),
        _ => null,
    };
}
