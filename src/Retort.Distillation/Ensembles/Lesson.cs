using Retort.Data.Tables;
using Retort.Tensors;

namespace Retort.Ensembles;

/// <summary>What a base model learns from: rows and the right answers.</summary>
/// <param name="Rows">Mixed attributes.</param>
/// <param name="Task">What is asked.</param>
/// <param name="Targets">
/// [N, Task.Width]: the probability of class 1 of two, of each of several classes, or the number to be predicted.
/// </param>
public sealed record Lesson(MixedRows Rows, TableTask Task, float[] Targets)
{
    public int Count => Rows.Count;

    /// <summary>From class ids.</summary>
    /// <exception cref="RetortException">A class has no row.</exception>
    public static Lesson OfClasses(MixedRows rows, ReadOnlySpan<int> labels, int classes)
    {
        var task = new TableTask(classes);
        var counts = new int[classes];
        var targets = new float[rows.Count * task.Width];
        for (var row = 0; row < rows.Count; row++)
        {
            counts[labels[row]]++;
            if (classes == 2) targets[row] = labels[row];
            else targets[row * classes + labels[row]] = 1;
        }
        var empty = Array.IndexOf(counts, 0);
        if (empty >= 0) throw new RetortException("ensemble", $"class {empty} has none of the {rows.Count} training rows.",
            "at least one row of each class.", "add rows, or remove the class.");
        return new Lesson(rows, task, targets);
    }

    public static Lesson OfNumbers(MixedRows rows, float[] targets) => new(rows, new TableTask(0), targets);

    public Lesson Choose(IReadOnlyList<int> rows)
    {
        var width = Task.Width;
        return new Lesson(Rows.Choose(rows), Task, [.. rows.SelectMany(row => Targets[(row * width)..((row + 1) * width)])]);
    }
}

/// <summary>Two or more classes, or a number (0 classes).</summary>
public readonly record struct TableTask(int Classes)
{
    public bool IsRegression => Classes == 0;

    /// <summary>Numbers of an answer: one for two classes (the second's probability) and for regression.</summary>
    public int Width => Classes > 2 ? Classes : 1;
}
