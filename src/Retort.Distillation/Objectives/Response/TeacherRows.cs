using Retort.Tensors;

namespace Retort.Objectives.Response;

/// <summary>The teacher's logits on the host, row by row, to be changed and sent back as another target.</summary>
internal static class TeacherRows
{
    /// <summary>Changes one row; its number comes first.</summary>
    public delegate void Change(int row, Span<double> logits);

    /// <summary>[N, C] constant: the teacher's logits after the change.</summary>
    public static Tensor Changed(Step step, Signals signals, Change change)
    {
        var teacher = signals.TeacherLogits(step);
        var values = step.Device.ToDoubles(teacher);
        var width = (int)teacher.Shape[1];
        for (var row = 0; row < teacher.Shape[0]; row++) change(row, values.AsSpan(row * width, width));
        return step.Constant(teacher.Shape, values);
    }

    /// <summary>Place of the largest, the first of equals.</summary>
    public static int Largest(ReadOnlySpan<double> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
            if (values[i] > values[best]) best = i;
        return best;
    }
}
