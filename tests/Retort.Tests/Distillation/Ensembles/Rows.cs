using Retort.Data.Tables;
using Retort.Ensembles;
using Retort.Tensors;

namespace Retort.Tests.Distillation.Ensembles;

/// <summary>Small tables for tests.</summary>
internal static class Rows
{
    public static TableColumn Number(int first) => new($"n{first}", ColumnKind.Number, 0, first, 0, 1);

    public static TableColumn Word(int first, int categories) => new($"w{first}", ColumnKind.Word, categories, first, 0, 0);

    /// <summary>Two numbers and a word of three; the class is 1 where number 0 is above a half or the word is 2.</summary>
    public static Lesson Mixed(int count, ulong seed)
    {
        var columns = new[] { Number(0), Number(1), Word(2, 3) };
        var rows = new MixedRows(columns, new float[count * 3]);
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            var own = new Seed(seed).Derive((ulong)i);
            (rows[i][0], rows[i][1], rows[i][2]) = (own.Uniform(0), own.Uniform(1), own.Below(3, 2));
            labels[i] = rows[i][0] > 0.5f || rows[i][2] == 2 ? 1 : 0;
        }
        return Lesson.OfClasses(rows, labels, 2);
    }

    /// <summary>Share of rows whose answer is on the right side of a half.</summary>
    public static double Right(IEnsembleMember model, Lesson lesson)
    {
        var answers = new float[lesson.Targets.Length];
        model.Answer(lesson.Rows, 0, lesson.Count, answers);
        return answers.Zip(lesson.Targets).Count(pair => pair.First > 0.5f == pair.Second > 0.5f) / (double)lesson.Count;
    }
}
