using System.Globalization;
using Retort.Recipes.Yaml;

namespace Retort.Recipes;

/// <summary>
/// The student without a teacher. What is not written is the student's own, with rates around it: the comparison must be fair.
/// </summary>
internal static class BaselineReader
{
    private const string NotWritten =
        "not written: trained as the student is, at its rate, three times it and a third of it; the best on validation counts";

    public static BaselineRecipe Read(YamlEntry? entry, StudentRecipe student)
    {
        var usual = (student.Rounds?.Training ?? student.Training) with { Mixup = false }; // a mixed example has no class
        if (entry is null)
            return new BaselineRecipe { Training = usual, LearningRates = Around(usual.LearningRate), Reason = NotWritten };
        var section = Section.Of<BaselineRecipe>(entry, "baseline");
        var training = ModelReader.Training(section.Entry("training"), "baseline.training", usual);
        return new BaselineRecipe
        {
            Training = training,
            LearningRates = section.Numbers("learningRates", NumberRange.Positive(1000)),
            HalfSteps = section.Flag("halfSteps", true),
            Reason = section.Text("reason"),
        };
    }

    private static double[] Around(double rate) => [rate, Round(3 * rate), Round(rate / 3)];

    /// <summary>Two significant digits, so that the resolved recipe can be read.</summary>
    private static double Round(double rate) =>
        double.Parse(rate.ToString("G2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
