using Retort.Checkpoints;
using Retort.Formats.Gguf;

namespace Retort.Export;

/// <summary>
/// Which types a GGUF file's tensors get. Vectors stay float32 in all of them. Rows that do not fill blocks of 256 fall back to blocks of
/// 32 (Q4_K to Q5_0, Q6_K to Q8_0), and those that do not fill these to halves, as llama.cpp's own quantiser does.
/// </summary>
/// <param name="Name">As users write it.</param>
/// <param name="FileType">Its number in general.file_type.</param>
/// <param name="Usual">Of matrices.</param>
/// <param name="Finer">Of the head, and with <paramref name="Mixed"/> of the tensors where errors hurt most.</param>
/// <param name="Mixed">
/// Values and the last matrix of the gated layer are finer in the first and last eighth of layers, and in every third between them.
/// </param>
public sealed record GgufPrecision(string Name, int FileType, GgufType Usual, GgufType Finer, bool Mixed = false)
{
    public static IReadOnlyList<GgufPrecision> All { get; } =
    [
        new("f32", 0, GgufType.F32, GgufType.F32), new("f16", 1, GgufType.F16, GgufType.F16), new("bf16", 32, GgufType.BF16, GgufType.BF16),
        new("q8_0", 7, GgufType.Q8_0, GgufType.Q8_0), new("q4_0", 2, GgufType.Q4_0, GgufType.Q6_K),
        new("q4_K_M", 15, GgufType.Q4_K, GgufType.Q6_K, Mixed: true),
    ];

    /// <param name="tensor">Its name in the file.</param>
    /// <param name="shape">Row-major.</param>
    /// <param name="layer">Of the tensor; null = none.</param>
    /// <param name="layers">Of the model.</param>
    /// <param name="tied">The embedding is the head.</param>
    public GgufType TypeOf(string tensor, IReadOnlyList<long> shape, int? layer, int layers, bool tied)
    {
        if (shape.Count == 1) return GgufType.F32;
        var head = tensor == (tied ? GgufNames.Embedding : GgufNames.Head);
        var sensitive = Mixed && layer is { } number && IsSensitive(number, layers)
            && (tensor.Contains(".attn_v.", StringComparison.Ordinal) || tensor.Contains(".ffn_down.", StringComparison.Ordinal));
        return Fitting(head || sensitive ? Finer : Usual, shape[^1]);
    }

    private static bool IsSensitive(int layer, int layers)
    {
        var eighth = layers / 8;
        return layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2;
    }

    private static GgufType Fitting(GgufType wanted, long row)
    {
        if (row % BlockFormats.Size(wanted).Elements == 0) return wanted;
        return row % 32 != 0 ? GgufType.F16 : wanted == GgufType.Q4_K ? GgufType.Q5_0 : GgufType.Q8_0;
    }
}
