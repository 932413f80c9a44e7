using Retort.Data;
using Retort.Data.Tables;
using Retort.Ensembles;
using Retort.Labels;
using Retort.Runs;
using Retort.Sources;
using Retort.Teachers;
using Retort.Tests.Distillation.Ensembles;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

public sealed class LabellingTests
{
    /// <summary>
    /// Two rows with class 1 and 0, and a synthetic one. The teacher, which knows 0 → class 0 and 1 → class 1, would say 0, 1 and 0; asked
    /// to keep classes, the store has the rows' own and the teacher's word about the last.
    /// </summary>
    [Theory]
    [InlineData(false, 0, 1)]
    [InlineData(true, 1, 0)]
    public void RowsKeepTheirClassWhereTheyShould(bool keepClasses, int first, int second)
    {
        var lesson = Lesson.OfClasses(new MixedRows([Rows.Number(0)], [0, 1]), [0, 1], 2);
        using var teacher = new EnsembleTeacher(new WeightedEnsemble([(new NearestNeighbours(lesson, 1), 1)], lesson.Task),
            new TableLayout(lesson.Rows.Columns), 2, new string('a', 64), 1);
        var data = new Dataset { Features = [0, 1, 0.2f], Labels = [1, 0, 0], ExampleShape = [1], ClassNames = ["a", "b"],
            Hash = new string('b', 64), Synthetic = 1 };
        var description = new LabelSetDescription { Codec = LabelCodec.Dense, Classes = 2, Examples = 3, TeacherHash = teacher.Hash,
            DataHash = data.Hash };
        using var folder = new TemporaryFolder();
        new Labelling(new Progress<StageProgress>(), keepClasses)
            .Run(teacher, data, folder.At("labels"), description, CancellationToken.None);
        using var reader = LabelReader.Open(folder.At("labels"), description);
        var classes = new int[3];
        reader.ReadHard([0, 1, 2], classes);
        Assert.Equal([first, second, 0], classes);
    }

    /// <summary>The same of numbers: the teacher knows 0 → −1 and 1 → 2, the rows' own are 5 and 6.</summary>
    [Theory]
    [InlineData(false, -1, 2)]
    [InlineData(true, 5, 6)]
    public void RowsKeepTheirNumberWhereTheyShould(bool keepTruth, float first, float second)
    {
        var lesson = Lesson.OfNumbers(new MixedRows([Rows.Number(0)], [0, 1]), [-1, 2]);
        using var teacher = new EnsembleTeacher(new WeightedEnsemble([(new NearestNeighbours(lesson, 1), 1)], lesson.Task),
            new TableLayout(lesson.Rows.Columns), 1, new string('a', 64), 1);
        var data = new Dataset { Features = [0, 1, 0.2f], Labels = [0, 0, 0], ExampleShape = [1], ClassNames = ["y"],
            Hash = new string('b', 64), Synthetic = 1, Numbers = new NumberTargets(new TargetColumn("y", 0, 1), [5, 6, 0]) };
        var description = new LabelSetDescription { Codec = LabelCodec.Dense, Classes = 1, Examples = 3, TeacherHash = teacher.Hash,
            DataHash = data.Hash };
        using var folder = new TemporaryFolder();
        new Labelling(new Progress<StageProgress>(), keepTruth)
            .Run(teacher, data, folder.At("labels"), description, CancellationToken.None);
        using var reader = LabelReader.Open(folder.At("labels"), description);
        var numbers = new float[3];
        reader.ReadDense([0, 1, 2], numbers);
        Assert.Equal([first, second, -1], numbers);
    }
}
