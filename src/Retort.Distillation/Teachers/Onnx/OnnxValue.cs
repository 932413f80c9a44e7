namespace Retort.Teachers.Onnx;

/// <summary>What flows between operators: an array, a list, or nothing.</summary>
public abstract class OnnxValue
{
}

/// <summary>A sequence.</summary>
/// <param name="items">In order.</param>
public sealed class OnnxList(IReadOnlyList<OnnxValue> items) : OnnxValue
{
    public IReadOnlyList<OnnxValue> Items => items;
}

/// <summary>An optional value that is absent; a present one is the value itself.</summary>
public sealed class OnnxNothing : OnnxValue
{
    public static OnnxNothing Instance { get; } = new();
}

/// <summary>A list of maps with the same keys, as ZipMap makes it: one row of numbers a map.</summary>
/// <param name="keys">Texts or whole numbers.</param>
/// <param name="rows">[maps, keys]</param>
public sealed class OnnxMaps(OnnxArray keys, OnnxArray rows) : OnnxValue
{
    public OnnxArray Keys => keys;
    public OnnxArray Rows => rows;
}
