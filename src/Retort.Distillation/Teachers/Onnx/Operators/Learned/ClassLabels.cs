namespace Retort.Teachers.Onnx.Operators.Learned;

/// <summary>The names of a classic classifier's classes, whole numbers or texts, and how scores become an answer.</summary>
internal sealed class ClassLabels
{
    private readonly long[]? _numbers;
    private readonly string[] _texts;

    private ClassLabels(long[]? numbers, string[] texts) => (_numbers, _texts) = (numbers, texts);

    public int Count => _numbers?.Length ?? _texts.Length;

    public static ClassLabels Of(OperatorCall call)
    {
        var texts = call.Texts("classlabels_strings") ?? [];
        var numbers = call.Ints("classlabels_int64s") ?? call.Ints("classlabels_ints");
        return texts.Length > 0 ? new ClassLabels(null, texts) : new ClassLabels(numbers ?? [], []);
    }

    /// <summary>Labels [N] and scores [N, classes].</summary>
    /// <param name="scores">One row an example: a score a class, or a single one that stands for the second of two classes.</param>
    /// <param name="transform">What happens to the scores.</param>
    /// <param name="isProbability">A single score is one, so that the other class has the rest of 1; else it has the opposite.</param>
    public OnnxValue?[] Answer(double[][] scores, string transform, bool isProbability)
    {
        var labels = new int[scores.Length];
        var results = new float[scores.Length * Count];
        for (var row = 0; row < scores.Length; row++)
        {
            var own = scores[row];
            if (own.Length == 1 && Count == 2)
            {
                var score = own[0];
                labels[row] = score > (isProbability ? 0.5 : 0) ? 1 : 0;
                own = isProbability ? [1 - score, score]
                    : transform == "LOGISTIC" ? [PostTransform.Logistic(-score), PostTransform.Logistic(score)] : [-score, score];
            }
            else
            {
                labels[row] = Array.IndexOf(own, own.Max());
                PostTransform.Apply(transform, own);
            }
            for (var i = 0; i < own.Length; i++) results[row * Count + i] = (float)own[i];
        }
        OnnxArray chosen = _numbers is not null ? OnnxArray.Of([labels.Length], Array.ConvertAll(labels, label => _numbers[label]))
            : OnnxArray.Of([labels.Length], Array.ConvertAll(labels, label => _texts[label]));
        return [chosen, OnnxArray.Of([scores.Length, Count], results)];
    }
}
