namespace Retort.Tensors;

/// <summary>Compressed rows on a device: row r has the entries Starts[r] to Starts[r + 1] − 1.</summary>
/// <param name="Starts">[rows + 1] int32, ascending from 0.</param>
/// <param name="Ids">[entries] int32, the column of each entry.</param>
/// <param name="Values">[entries]</param>
public readonly record struct CompressedRows(Tensor Starts, Tensor Ids, Tensor Values);

/// <summary>A constant sparse matrix on a device: its rows, and those of its transpose for the way back.</summary>
/// <param name="Rows">M of [M, N].</param>
/// <param name="Columns">N of [M, N].</param>
/// <param name="Forward">The M rows.</param>
/// <param name="Transposed">The N rows of the transpose.</param>
public readonly record struct SparseMatrix(long Rows, long Columns, CompressedRows Forward, CompressedRows Transposed);
