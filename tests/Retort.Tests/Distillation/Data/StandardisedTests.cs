using Retort.Data;
using Xunit;

namespace Retort.Tests.Distillation.Data;

public sealed class StandardisedTests
{
    [Fact]
    public void ByTheRowsGivenAlone()
    {
        var train = DatasetReader.Create([1, 5, 3, 5], [0, 1], [2], ["a", "b"]);
        var standard = Standardised.By(train);
        Assert.Equal([-1f, 0, 1, 0], standard.Of(train).Features);
        Assert.Equal([8f, 0], standard.Of(DatasetReader.Create([10, 7], [0], [2], ["a", "b"])).Features);
    }
}
