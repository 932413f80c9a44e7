using Retort.Nn;
using Retort.Tensors;

namespace Retort.Students;

/// <summary>What rows or columns of a weight are; a table's rows are written to the stream, one at a time.</summary>
internal enum Axis { Whole, Table, Stream, Queries, Keys, Hidden }

/// <summary>A weight [rows, columns], or a vector [rows].</summary>
internal readonly record struct Axes(Axis Rows, Axis Columns = Axis.Whole);

/// <summary>
/// Copies a part of a teacher into a student, tensor by tensor. Of hidden units, of groups of heads that share keys, and of the numbers of
/// the stream those are taken that have the largest ‖in‖·‖out‖: the norm of all weights that write to them, times that of all that read.
/// </summary>
internal sealed class TakenWeights
{
    private readonly Dictionary<string, Parameter> _teacher;
    private readonly Func<string, Axes> _axesOf;
    private readonly string _prefix;
    private readonly IReadOnlyList<int> _layers;
    private readonly IReadOnlyDictionary<Axis, (int Groups, int Taken)> _sizes;
    private readonly Dictionary<(int Layer, Axis), int[]?> _taken = [];

    /// <param name="teacher">Whose numbers are taken.</param>
    /// <param name="prefix">What stands before a layer's number: <c>model.layers.</c></param>
    /// <param name="layers">The teacher's layer of each of the student's.</param>
    /// <param name="axesOf">What a parameter's rows and columns are.</param>
    /// <param name="sizes">Of each axis that gets shorter: groups of the teacher, and how many of them are taken.</param>
    /// <exception cref="RetortException">The teacher's numbers are in a narrow type.</exception>
    public TakenWeights(Module teacher, string prefix, IReadOnlyList<int> layers, Func<string, Axes> axesOf,
        IReadOnlyDictionary<Axis, (int Groups, int Taken)> sizes)
    {
        if (teacher.Weights.IsNarrow)
            throw new RetortException("student", "the teacher's weights are in a narrow type.", "float32.",
                "make the student before the teacher is frozen.");
        (_prefix, _layers, _axesOf, _sizes) = (prefix, layers, axesOf, sizes);
        _teacher = teacher.Weights.Parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
    }

    /// <param name="student">Built.</param>
    /// <param name="drawn">Beginning of the names of numbers that stay as they were drawn; null = none do.</param>
    public void Fill(Module student, string? drawn = null)
    {
        foreach (var parameter in student.Weights.Parameters)
        {
            if (drawn is not null && parameter.Name.StartsWith(drawn, StringComparison.Ordinal)) continue;
            var layer = LayerOf(parameter.Name);
            var name = layer < 0 ? parameter.Name : Renamed(parameter.Name, _layers[layer]);
            var (axes, from) = (_axesOf(name), _teacher[name]);
            var teacherLayer = layer < 0 ? -1 : _layers[layer];
            var values = Part(from, Taken(teacherLayer, axes.Rows), from.Shape.Rank > 1 ? Taken(teacherLayer, axes.Columns) : null);
            parameter.Value.Device.Write(parameter.Value, values);
        }
    }

    /// <summary>Indices of an axis that are taken, ascending; null = all.</summary>
    private int[]? Taken(int layer, Axis axis)
    {
        var unit = axis == Axis.Keys ? Axis.Queries : axis; // heads of queries go with their keys
        if (!_sizes.TryGetValue(unit, out var size) || size.Groups == size.Taken) return null;
        var place = (axis == Axis.Stream ? -1 : layer, axis);
        if (_taken.TryGetValue(place, out var known)) return known;
        var strengths = Strengths(place.Item1, unit, size.Groups);
        int[] groups = [.. Enumerable.Range(0, size.Groups).OrderByDescending(group => strengths[group]).Take(size.Taken).Order()];
        var width = (int)(LengthOf(layer, axis) / size.Groups);
        return _taken[place] = [.. groups.SelectMany(group => Enumerable.Range(group * width, width))];
    }

    private double[] Strengths(int layer, Axis axis, int groups)
    {
        double[] writes = new double[groups], reads = new double[groups];
        foreach (var parameter in _teacher.Values.Where(parameter => parameter.Shape.Rank > 1))
        {
            var own = LayerOf(parameter.Name);
            if (axis == Axis.Stream ? own >= 0 && !_layers.Contains(own) : own != layer) continue;
            var axes = _axesOf(parameter.Name);
            // keys and values are part of the heads that read them
            if (axes.Rows == axis || (axis == Axis.Queries && axes.Rows == Axis.Keys)) Add(parameter, rows: true, writes);
            if (axes.Columns == axis) Add(parameter, rows: false, axes.Rows == Axis.Table ? writes : reads);
        }
        return [.. writes.Zip(reads, (one, other) => one * other)];
    }

    private static void Add(Parameter parameter, bool rows, double[] sums)
    {
        var values = parameter.Value.Device.ToFloats(parameter.Value);
        int columns = (int)parameter.Shape[1], length = (int)parameter.Shape[rows ? 0 : 1], width = length / sums.Length;
        for (var i = 0; i < values.Length; i++) sums[(rows ? i / columns : i % columns) / width] += (double)values[i] * values[i];
    }

    private long LengthOf(int layer, Axis axis) => _teacher.Values
        .Where(parameter => axis == Axis.Stream || LayerOf(parameter.Name) == layer)
        .First(parameter => _axesOf(parameter.Name).Rows == axis).Shape[0];

    private static float[] Part(Parameter from, int[]? rows, int[]? columns)
    {
        var values = from.Value.Device.ToFloats(from.Value);
        if (rows is null && columns is null) return values;
        var width = from.Shape.Rank > 1 ? (int)from.Shape[1] : 1;
        int[] down = rows ?? [.. Enumerable.Range(0, (int)from.Shape[0])], across = columns ?? [.. Enumerable.Range(0, width)];
        var part = new float[down.Length * across.Length];
        for (var i = 0; i < part.Length; i++) part[i] = values[down[i / across.Length] * width + across[i % across.Length]];
        return part;
    }

    /// <returns>−1 where it belongs to no layer.</returns>
    private int LayerOf(string name) => !name.StartsWith(_prefix, StringComparison.Ordinal) ? -1
        : int.Parse(name.AsSpan(_prefix.Length, name.IndexOf('.', _prefix.Length) - _prefix.Length), provider: null);

    private string Renamed(string name, int layer) =>
        FormattableString.Invariant($"{_prefix}{layer}{name[name.IndexOf('.', _prefix.Length)..]}");
}
