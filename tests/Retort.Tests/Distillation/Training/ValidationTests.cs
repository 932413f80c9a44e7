using Retort.Data;
using Retort.Data.Tables;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

public sealed class ValidationTests
{
    /// <summary>Numbers −1, 0 and 1: variance 2/3. Errors 1, 0 and 0: squares' mean 1/3, so half of the variance is explained.</summary>
    [Fact]
    public void NumbersAreMeasuredByTheVarianceThatIsExplained()
    {
        var (score, loss) = Validation.Measure([0, 0, 1], Of(-1, 0, 1));
        Assert.Equal(0.5, score, 1e-12);
        Assert.Equal(1 / 3.0, loss, 1e-12);
    }

    /// <summary>Without a variance the training rows' counts, which is 1.</summary>
    [Fact]
    public void EqualNumbersHaveAScore() => Assert.Equal(0.75, Validation.Measure([0.5f, -0.5f], Of(0, 0)).Score, 1e-12);

    private static Dataset Of(params float[] numbers) => new()
    {
        Features = new float[numbers.Length], Labels = new int[numbers.Length], ExampleShape = [1], ClassNames = ["y"], Hash = "",
        Numbers = new NumberTargets(new TargetColumn("y", 5, 2), numbers),
    };
}
