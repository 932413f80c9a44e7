using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Nn.Models;

/// <summary>Sizes of a <see cref="Gpt"/>, and what its family does otherwise than the first Llama.</summary>
/// <param name="Vocabulary">Tokens.</param>
/// <param name="Width">Of the residual stream.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Of queries.</param>
/// <param name="KeyHeads">Of keys and values; Heads is a multiple.</param>
/// <param name="HeadWidth">Numbers of one head, even.</param>
/// <param name="Hidden">Width of the gated layer.</param>
/// <param name="Positions">Longest sequence.</param>
/// <param name="TiedHead">The head is the embedding.</param>
/// <param name="Epsilon">Of the norms.</param>
public sealed record GptShape(int Vocabulary, int Width, int Layers, int Heads, int KeyHeads, int HeadWidth, int Hidden, int Positions,
    bool TiedHead = false, double Epsilon = 1e-6)
{
    /// <summary>Queries, keys and values have biases (Qwen 2).</summary>
    public bool AttentionBias { get; init; }

    /// <summary>What attention gives has a bias too.</summary>
    public bool OutputBias { get; init; }

    /// <summary>The gated layer and the one behind it have biases.</summary>
    public bool HiddenBias { get; init; }

    /// <summary>Heads of queries and of keys are normed before they are turned (Qwen 3, Gemma 3).</summary>
    public bool HeadNorms { get; init; }

    /// <summary>What a half block adds to the stream is normed first (Gemma 2 and 3).</summary>
    public bool OutputNorms { get; init; }

    /// <summary>Added to the weights of all norms (Gemma: 1).</summary>
    public double NormOffset { get; init; }

    /// <summary>Embeddings are multiplied by it on their way in (Gemma: √Width).</summary>
    public double EmbeddingScale { get; init; } = 1;

    /// <summary>f of the gate: Silu, Gelu, GeluTanh or Relu.</summary>
    public Unary Gate { get; init; } = Unary.Silu;

    /// <summary>Of the products of queries and keys; null = 1/√HeadWidth.</summary>
    public double? AttentionScale { get; init; }

    /// <summary>Null = base 10000.</summary>
    public RotaryAngles? Rotary { get; init; }

    /// <summary>For layers with a window; null = as the others.</summary>
    public RotaryAngles? WindowRotary { get; init; }

    /// <summary>For each layer how many keys a query sees, itself included; 0 = all. Null = all, in every layer.</summary>
    public IReadOnlyList<int>? Windows { get; init; }

    /// <exception cref="RetortException">Sizes that do not go together.</exception>
    internal void Check()
    {
        int[] sizes = [Vocabulary, Width, Layers, Heads, KeyHeads, HeadWidth, Hidden, Positions];
        if (sizes.Min() < 1) throw new RetortException("gpt", $"sizes of {string.Join(", ", sizes)}.", "all above 0.");
        if (Heads % KeyHeads != 0 || HeadWidth % 2 != 0)
            throw new RetortException("gpt", $"{Heads} heads of {HeadWidth} on {KeyHeads} heads of keys.",
                "a multiple of the heads of keys, and an even width.");
        if (Windows is { } windows && windows.Count != Layers)
            throw new RetortException("gpt", $"{windows.Count} windows for {Layers} layers.", "one a layer.");
    }
}
