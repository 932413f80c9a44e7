namespace Retort.Formats.Idx;

/// <summary>An IDX file of unsigned bytes, such as MNIST's images [N, 28, 28] and labels [N].</summary>
/// <param name="Shape">Extents, outermost first.</param>
/// <param name="Data">Row-major, one byte an element.</param>
public sealed record IdxFile(int[] Shape, byte[] Data);
