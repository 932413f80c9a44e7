using Retort.Data;
using Retort.Data.Tables;
using Retort.Ensembles;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Tracks;

/// <summary>The paper's row of Table 2 (RMSE).</summary>
internal sealed record PaperRow(double Student, double Ensemble, double Net, double Single, double Ratio);

/// <summary>One data set of "Model Compression": 4,000 rows to learn from, 1,000 to choose by, the rest is test.</summary>
internal sealed record CompressionTask(string Name, TableLayout Layout, Lesson Train, Lesson Validation, Lesson Test, PaperRow Paper)
{
    public const string Names = "letter.p1|letter.p2|adult";

    /// <param name="name">One of Names.</param>
    /// <param name="seed">Of the parts: which rows are learnt from, chosen by and tested on.</param>
    public static CompressionTask Read(string name, ulong seed) => name switch
    {
        "letter.p1" => Of(name, seed, "tabular/letter.csv.gz", "letter", letter => letter == "O", 15_000,
            new PaperRow(0.075, 0.075, 0.092, 0.092, 1.01)),
        "letter.p2" => Of(name, seed, "tabular/letter.csv.gz", "letter", letter => letter[0] <= 'M', 15_000,
            new PaperRow(0.179, 0.178, 0.228, 0.203, 0.98)),
        "adult" => Of(name, seed, "tabular/adult_train.csv.gz", "income", income => income == ">50K", 27_561,
            new PaperRow(0.325, 0.317, 0.328, 0.319, 0.29)),
        _ => throw new RetortException("compression", $"there is no task '{name}'.", Names.Replace("|", ", ", StringComparison.Ordinal)),
    };

    private static CompressionTask Of(string name, ulong seed, string path, string target, Func<string, bool> isPositive, int test,
        PaperRow paper)
    {
        var data = DatasetReader.Read(new DataRecipe { Source = "csv", Path = path, Target = target, Train = 4000, Validation = 1000,
            Test = test }, ".", seed);
        var layout = data.Train.Layout!;
        Lesson Part(Dataset part) => Lesson.OfClasses(layout.Decode(part.Features),
            [.. part.Labels.Select(label => isPositive(part.ClassNames[label]) ? 1 : 0)], 2);
        return new CompressionTask(name, layout, Part(data.Train), Part(data.Validation), Part(data.Test), paper);
    }
}
