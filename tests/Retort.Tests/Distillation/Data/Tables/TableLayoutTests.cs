using Retort.Data.Tables;
using Xunit;

namespace Retort.Tests.Distillation.Data.Tables;

public sealed class TableLayoutTests
{
    /// <summary>A number standardised to −1 … 3, a mark, a word of three; the last row has no word.</summary>
    [Fact]
    public void EncodingAndDecodingAreInverse()
    {
        var layout = new TableLayout([new TableColumn("age", ColumnKind.Number, 0, 0, -1, 3),
            new TableColumn("age", ColumnKind.Mark, 0, 1, 0, 0),
            new TableColumn("work", ColumnKind.Word, 3, 2, 0, 0)]);
        float[] encoded = [-1, 0, 1, 0, 0, 3, 1, 0, 0, 1, 1, 0, 0, 0, 0];
        var rows = layout.Decode(encoded);
        Assert.Equal([0, 0, 0, 1, 1, 2, 0.5f, 0, 3], rows.Values);
        Assert.Equal(encoded, layout.Encode(rows));
        Assert.Equal(5, layout.Width);
        Assert.Equal([0, 2, 4], rows.Columns.Select(column => column.Codes));
    }

    [Fact]
    public void NumbersAloneAreScaledByTheirRange()
    {
        var layout = TableLayout.OfNumbers([2, 10, 4, 30], 2);
        Assert.Equal([0, 0, 1, 1, 0.5f, 2], layout.Decode([2, 10, 4, 30, 3, 50]).Values);
    }

    /// <summary>0.25 + 1 for the word; with a limit below, the rest is not added.</summary>
    [Fact]
    public void DistanceCountsWords()
    {
        bool[] nominal = [false, true, false];
        Assert.Equal(1.25 + 0.25, RowDistance.Between([0, 1, 1], [0.5f, 2, 0.5f], nominal, double.PositiveInfinity));
        Assert.Equal(1.25, RowDistance.Between([0, 1, 1], [0.5f, 2, 0.5f], nominal, 1));
    }
}
