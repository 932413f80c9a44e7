namespace Retort.Evaluation.Report;

/// <summary>One line of a training plot; curves with the same panel share one pair of axes.</summary>
public sealed record Curve(string Name, IReadOnlyList<(double Step, double Value)> Points, string Panel = "");

/// <summary>A test example on which teacher and student choose different classes.</summary>
public sealed record DifferingExample(int Index, string Label, string TeacherClass, double TeacherProbability, string StudentClass,
    double StudentProbability)
{
    /// <summary>Row-major [1, H, W] or [3, H, W], in any range; scaled to the picture's own minimum and maximum.</summary>
    public float[]? Pixels { get; init; }
    public int Height { get; init; }
    public int Width { get; init; }

    /// <summary>For examples that are no pictures: the feature values or the text.</summary>
    public string? FeatureText { get; init; }
}

/// <summary>What one way of storing the teacher's labels costs on disk.</summary>
public sealed record LabelBytes(string Kind, long Bytes, string Remark = "");

/// <summary>Everything that the report shows; the caller writes the returned page.</summary>
public sealed record ReportInput
{
    public required string Title { get; init; }
    public required EvaluationOutcome Result { get; init; }

    /// <summary>The exact objective, as printed before training.</summary>
    public required string Formula { get; init; }
    public IReadOnlyList<Curve> Curves { get; init; } = [];
    public IReadOnlyList<string> Warnings { get; init; } = [];
    public IReadOnlyList<KeyValuePair<string, string>> Provenance { get; init; } = [];
    public IReadOnlyList<LabelBytes> LabelBytes { get; init; } = [];
    public IReadOnlyList<DifferingExample> Differing { get; init; } = [];
}
