using Retort.Tensors;

namespace Retort.Export;

/// <summary>A format that a language model or a classifier of texts is exported to.</summary>
/// <param name="Name">onnx, hf, or gguf:PRECISION.</param>
/// <param name="Precision">Of GGUF; null in the others.</param>
public sealed record ExportFormat(string Name, GgufPrecision? Precision)
{
    private const string Gguf = "gguf:";

    public static string Known { get; } =
        $"onnx, hf, {string.Join(", ", GgufPrecision.All.Select(precision => Gguf + precision.Name))}";

    /// <param name="text">As users write it; capital letters do not count.</param>
    /// <param name="location">For errors.</param>
    /// <exception cref="RetortException">There is no such format.</exception>
    public static ExportFormat Parse(string text, string location)
    {
        if (text.Equals("onnx", StringComparison.OrdinalIgnoreCase)) return new("onnx", null);
        if (text.Equals("hf", StringComparison.OrdinalIgnoreCase)) return new("hf", null);
        var precision = text.StartsWith(Gguf, StringComparison.OrdinalIgnoreCase)
            ? GgufPrecision.All.FirstOrDefault(known => known.Name.Equals(text[Gguf.Length..], StringComparison.OrdinalIgnoreCase))
            : null;
        return precision is null
            ? throw new RetortException(location, $"'{text}' is no format.", $"expected one of: {Known}.")
            : new(Gguf + precision.Name, precision);
    }
}
