using Retort.Evaluation.Language;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation.Language;

public sealed class ExposureBiasTests
{
    /// <summary>R = (1 + 2 + 6)/3 = 3, E = (1 + 1 + 4)/3 = 2: half as much again.</summary>
    [Fact]
    public void TheExcessIsWhatOwnWordsAdd()
    {
        var bias = ExposureBias.Of([1, 2, 6], [1, 1, 4]);
        Assert.Equal((3, 2), (bias.AlongOwn, bias.AlongTeacher));
        Assert.Equal(50, bias.ExcessPercent!.Value, 1e-12);
        Assert.Equal(0, ExposureBias.Of([2, 2], [1, 3]).ExcessPercent);
        Assert.Null(ExposureBias.Of([1], [0]).ExcessPercent);
    }
}
