using Retort.Data.Synthetic;
using Retort.Data.Tables;
using Retort.Tensors;
using Retort.Tests.Distillation.Ensembles;
using Xunit;

namespace Retort.Tests.Distillation.Data.Synthetic;

public sealed class NeighbourIndexTests
{
    /// <summary>Rounded numbers and few words give many equal distances; 600 rows change.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ItFindsWhatAScanFindsWhileRowsChange(bool words)
    {
        TableColumn[] columns = words
            ? [Rows.Number(0), Rows.Word(1, 3), Rows.Word(4, 100), Rows.Number(104)]
            : [Rows.Number(0), Rows.Number(1), Rows.Number(2), Rows.Number(3)];
        var rows = new MixedRows(columns, new float[200 * 4]);
        for (var row = 0; row < rows.Count; row++) Fill(rows, row, new Seed(1).Derive((ulong)row));
        var index = new NeighbourIndex(rows);
        for (var round = 0; round < 600; round++)
        {
            var seed = new Seed(2).Derive((ulong)round);
            var changed = seed.Below(rows.Count, 99);
            Fill(rows, changed, seed);
            index.Changed(changed);
            var asked = seed.Below(rows.Count, 98);
            Assert.Equal(Scan(rows, asked), index.NearestOther(asked));
        }
    }

    [Fact]
    public void EqualRowsAreNeighboursAndNotTheirOwn()
    {
        var index = new NeighbourIndex(new MixedRows([Rows.Number(0)], [.. Enumerable.Repeat(0.5f, 40)]));
        Assert.Equal(1, index.NearestOther(0));
        Assert.Equal(0, index.NearestOther(7));
    }

    private static void Fill(MixedRows rows, int row, Seed seed)
    {
        for (var column = 0; column < rows.Width; column++)
            rows[row][column] = rows.Nominal[column]
                ? seed.Below(rows.Columns[column].Codes, (ulong)column)
                : MathF.Round(seed.Uniform((ulong)column) * 20 - 3) / 20;
    }

    private static int Scan(MixedRows rows, int asked) => Enumerable.Range(0, rows.Count).Where(row => row != asked)
        .MinBy(row => RowDistance.Between(rows[asked], rows[row], rows.Nominal, double.PositiveInfinity));
}
