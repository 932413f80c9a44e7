namespace Retort.Grading;

/// <summary>Scores answers. Its JSON shape is OpenAI's where that has one.</summary>
public interface IGrader
{
    /// <summary>For people, and for formulas.</summary>
    string Name { get; }

    /// <summary>Sees all items before the first is graded; what counts words in them needs it.</summary>
    void Prepare(IReadOnlyList<GradedItem> items) { }

    /// <returns>Ungraded where the item lacks what the grader reads, or a judge's answer cannot be understood.</returns>
    Task<Grade> GradeAsync(GradedItem item, CancellationToken cancellation);
}
