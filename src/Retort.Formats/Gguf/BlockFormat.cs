namespace Retort.Formats.Gguf;

/// <summary>
/// How one type lays out a row: blocks of so many elements in so many bytes, each on its own. A fraction of a block is never stored.
/// </summary>
public abstract class BlockFormat(GgufType type, int elements, int bytes)
{
    public GgufType Type => type;

    /// <summary>Elements of a block.</summary>
    public int Elements => elements;

    /// <summary>Bytes of a block.</summary>
    public int Bytes => bytes;

    public virtual bool CanEncode => true;

    /// <param name="block">[Bytes]</param>
    /// <param name="values">[Elements]</param>
    public abstract void Decode(ReadOnlySpan<byte> block, Span<float> values);

    /// <param name="values">[Elements], finite.</param>
    /// <param name="block">[Bytes]</param>
    public virtual void Encode(ReadOnlySpan<float> values, Span<byte> block) =>
        throw new NotSupportedException($"{type} is only read here.");
}
