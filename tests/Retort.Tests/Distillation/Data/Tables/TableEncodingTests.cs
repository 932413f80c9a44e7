using Retort.Data.Tables;
using Retort.Formats.Csv;
using Xunit;

namespace Retort.Tests.Distillation.Data.Tables;

public sealed class TableEncodingTests
{
    /// <summary>Row 3 is no training row: its word has no column, so it reads as one whose word is missing.</summary>
    [Fact]
    public void AWordThatNoTrainingRowHasCountsAsMissing()
    {
        var words = new CsvColumn { Name = "w", Kind = CsvColumnKind.Nominal, Categories = ["a", "b", "c"], Codes = [0, 2, -1, 1] };
        var encoding = new TableEncoding([words], [0, 1, 2], "t.csv");
        Assert.Equal([1, 0, 0, 1, 0, 0, 0, 0], encoding.Of([0, 1, 2, 3]));
        Assert.Equal([0, 1, 2, 2], encoding.Layout.Decode(encoding.Of([0, 1, 2, 3])).Values);
    }

    /// <summary>Training numbers 2 and 6: standardised to −1 and 1; 10 is 3, twice the range from the least.</summary>
    [Fact]
    public void NumbersAreScaledByTheTrainingRows()
    {
        var numbers = new CsvColumn { Name = "n", Kind = CsvColumnKind.Numeric, Numbers = [2, 6, 10, float.NaN] };
        var encoding = new TableEncoding([numbers], [0, 1], "t.csv");
        Assert.Equal([-1, 0, 1, 0, 3, 0, 0, 1], encoding.Of([0, 1, 2, 3]));
        Assert.Equal([0, 0, 1, 0, 2, 0, 0.5f, 1], encoding.Layout.Decode(encoding.Of([0, 1, 2, 3])).Values);
    }
}
