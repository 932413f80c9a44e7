using Retort.Data.Tables;
using Retort.Tensors;

namespace Retort.Data.Synthetic;

/// <summary>
/// RANDOM of "Model Compression" (Bucila, Caruana and Niculescu-Mizil, KDD 2006): every attribute of a synthetic row is drawn from the
/// bag of its training values, independently of the others.
/// </summary>
public static class RandomRows
{
    /// <param name="training">The bags.</param>
    /// <param name="count">Rows to draw.</param>
    /// <param name="seed">Row and column key each draw: the first rows are the same for any count.</param>
    public static MixedRows Draw(MixedRows training, int count, Seed seed)
    {
        var drawn = new MixedRows(training.Columns, new float[count * training.Width]);
        for (var row = 0; row < count; row++)
            for (var column = 0; column < training.Width; column++)
                drawn[row][column] = training[seed.Below(training.Count, (ulong)row, (ulong)column)][column];
        return drawn;
    }
}
