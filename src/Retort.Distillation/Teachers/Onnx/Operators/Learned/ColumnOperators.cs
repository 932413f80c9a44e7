using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators.Learned;

/// <summary>Columns prepared for a model, and answers dressed up after it.</summary>
internal static class ColumnOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Scaler"] = call => [ByColumn(call, (value, column) => (value - Pick(call, "offset", column, 0)) * Pick(call, "scale", column, 1))],
        ["Binarizer"] = call => [CastOperators.Cast(ByColumn(call, (value, _) => value > call.Float("threshold", 0) ? 1 : 0), call.Array(0).Type)],
        ["Normalizer"] = call => [Normalize(call)],
        ["Imputer"] = call => [Impute(call)],
        ["FeatureVectorizer"] = call => [ShapeOperators.Concat([.. call.Inputs.Select((_, i) =>
            CastOperators.Cast(Matrix(call.Array(i)), OnnxType.Float))], 1)],
        ["ArrayFeatureExtractor"] = call =>
        {
            var chosen = SelectionOperators.Gather(call.Array(0), call.Array(1).Reshaped(call.Array(1).Count), -1);
            return [call.Array(0).Rank == 1 ? chosen.Reshaped(1, chosen.Count) : chosen];
        },
        ["LabelEncoder"] = call => [Encode(call)],
        ["OneHotEncoder"] = call => [OneHot(call)],
        ["ZipMap"] = call => [new OnnxMaps(call.Texts("classlabels_strings") is { Length: > 0 } texts ? OnnxArray.Of([texts.Length], texts)
            : OnnxArray.Vector(call.Ints("classlabels_int64s") ?? []), Matrix(call.Array(0)))],
    };

    private static OnnxArray Matrix(OnnxArray x) => x.Rank == 2 ? x : x.Reshaped(x.Rank == 0 ? 1 : x.Shape[0], x.Rank == 0 ? 1
        : x.Count / Math.Max(1, x.Shape[0]));

    private static OnnxArray ByColumn(OperatorCall call, Func<double, int, double> function)
    {
        var x = call.Array(0);
        var columns = x.Shape[^1];
        return OnnxArray.Of(x.Shape, [.. x.Doubles().Select((value, i) => (float)function(value, i % columns))]);
    }

    /// <summary>One constant a column, or one for all.</summary>
    private static double Pick(OperatorCall call, string name, int column, double missing) =>
        call.Floats(name) is not { Length: > 0 } numbers ? missing
        : numbers[numbers.Length == 1 ? 0 : column];

    private static OnnxArray Normalize(OperatorCall call)
    {
        var (x, norm) = (call.Array(0), call.Text("norm", "MAX"));
        var (y, columns) = (x.Floats().ToArray(), x.Shape[^1]);
        for (var start = 0; start < y.Length; start += columns)
        {
            var row = y.AsSpan(start, columns);
            double size = norm == "MAX" ? double.NegativeInfinity : 0;
            foreach (var value in row)
                size = norm switch { "MAX" => Math.Max(size, value), "L1" => size + Math.Abs(value), _ => size + (double)value * value };
            if (norm == "L2") size = Math.Sqrt(size);
            if (size != 0)
                foreach (ref var value in row) value = (float)(value / size);
        }
        return OnnxArray.Of(x.Shape, y);
    }

    private static OnnxArray Impute(OperatorCall call)
    {
        var x = call.Array(0);
        if (!x.IsFloat)
        {
            var gone = call.Int("replaced_value_int64", 0);
            var (numbers, wide) = (call.Ints("imputed_value_int64s") ?? [], x.Shape[^1]);
            return OnnxArray.Of(x.Shape, [.. x.Longs().Select((value, i) => value == gone ? numbers[numbers.Length == 1 ? 0 : i % wide]
                : value)]);
        }
        double lost = call.Float("replaced_value_float", 0);
        return ByColumn(call, (value, column) => value.Equals(lost) ? Pick(call, "imputed_value_floats", column, 0) : value);
    }

    private static OnnxArray Encode(OperatorCall call)
    {
        var x = call.Array(0);
        var keys = Entries(call, "keys") ?? throw call.Refuse("it has no keys");
        var values = Entries(call, "values") ?? throw call.Refuse("it has no values");
        if (keys.Count != values.Count) throw call.Refuse($"{keys.Count} keys and {values.Count} values");
        var places = new Dictionary<object, int>();
        for (var i = 0; i < keys.Count; i++) places.TryAdd(Key(keys, i), i);
        OnnxArray missing = call.Tensor("default_tensor") ?? values.Type switch
        {
            OnnxType.Text => OnnxArray.Of([1], [call.Text("default_string", "_Unused")]),
            OnnxType.Int64 => OnnxArray.Of([1], [call.Int("default_int64", -1)]),
            _ => CastOperators.Cast(OnnxArray.Of([1], [call.Float("default_float", -0f)]), values.Type),
        };
        return values.Take([.. Enumerable.Range(0, x.Count).Select(i => places.GetValueOrDefault(Key(x, i), -1))], x.Shape, missing);
    }

    /// <summary>NaN equals itself as a key.</summary>
    private static object Key(OnnxArray x, int index) => x.Elements.GetValue(index) switch
    {
        float number => (double)number,
        var other => other!,
    };

    private static OnnxArray? Entries(OperatorCall call, string name) => call.Tensor($"{name}_tensor")
        ?? (call.Texts($"{name}_strings") is { } texts ? OnnxArray.Of([texts.Length], texts)
            : call.Ints($"{name}_int64s") is { } numbers ? OnnxArray.Vector(numbers)
            : call.Floats($"{name}_floats") is { } floats ? OnnxArray.Of([floats.Length], floats) : null);

    private static OnnxArray OneHot(OperatorCall call)
    {
        var x = call.Array(0);
        var (texts, numbers) = (call.Texts("cats_strings") ?? [], call.Ints("cats_int64s") ?? []);
        var categories = texts.Length > 0 ? texts.Length : numbers.Length;
        var hot = new float[x.Count * categories];
        for (var i = 0; i < x.Count; i++)
        {
            var place = x is OnnxArray<string> words ? Array.IndexOf(texts, words.Data[i]) : Array.IndexOf(numbers, x.Longs()[i]);
            if (place >= 0) hot[i * categories + place] = 1;
            else if (call.Int("zeros", 1) == 0) throw call.Refuse($"element {i} is none of its {categories} categories");
        }
        return OnnxArray.Of([.. x.Shape, categories], hot);
    }
}
