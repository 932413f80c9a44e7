using System.Globalization;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Counts of n-grams, each weighted by how telling it is.</summary>
internal static class TermCountOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["TfIdfVectorizer"] = call => [Counted(call)],
    };

    private static OnnxArray Counted(OperatorCall call)
    {
        var x = call.Array(0);
        var columns = call.Ints("ngram_indexes") ?? [];
        var width = (int)columns.Max() + 1;
        var (shortest, longest) = ((int)call.Int("min_gram_length", 1), (int)call.Int("max_gram_length", 1));
        var grams = Grams(call, shortest, longest);
        var (rows, length) = x.Rank == 2 ? (x.Shape[0], x.Shape[1]) : (1, x.Count);
        var items = Items(x);
        var weights = call.Floats("weights");
        var mode = call.Text("mode", "TF");
        var counts = new float[rows * width];
        var byGram = new int[columns.Length];
        for (var row = 0; row < rows; row++)
        {
            Array.Clear(byGram);
            for (var size = shortest; size <= longest; size++)
                // single items cannot be skipped over
                for (var step = 1; step <= (size == 1 ? 1 : call.Int("max_skip_count", 0) + 1); step++)
                    for (var start = 0; start + (size - 1) * step < length; start++)
                    {
                        var key = Key(Enumerable.Range(0, size).Select(i => items[row * length + start + i * step]));
                        if (grams.TryGetValue(key, out var gram)) byGram[gram]++;
                    }
            for (var gram = 0; gram < byGram.Length; gram++)
            {
                var weight = mode == "TF" ? 1 : weights?[gram] ?? 1;
                counts[row * width + columns[gram]] += weight * (mode == "IDF" ? Math.Min(byGram[gram], 1) : byGram[gram]);
            }
        }
        return OnnxArray.Of(x.Rank == 2 ? [rows, width] : [width], counts);
    }

    /// <summary>The pool holds all n-grams of length 1, then those of length 2, and so on.</summary>
    private static Dictionary<string, int> Grams(OperatorCall call, int shortest, int longest)
    {
        var pool = call.Texts("pool_strings") is { Length: > 0 } texts ? texts : Written(call.Ints("pool_int64s") ?? []);
        var starts = call.Ints("ngram_counts") ?? [];
        Dictionary<string, int> grams = new(StringComparer.Ordinal);
        var gram = 0;
        for (var size = 1; size <= starts.Length; size++)
        {
            var end = size < starts.Length ? starts[size] : pool.Length;
            for (var at = (int)starts[size - 1]; at + size <= end; at += size, gram++)
                if (size >= shortest && size <= longest) grams.TryAdd(Key(pool.AsSpan(at, size).ToArray()), gram);
        }
        return grams;
    }

    private static string[] Items(OnnxArray x) => x is OnnxArray<string> texts ? texts.Data : Written(x.Longs());

    private static string[] Written(long[] numbers) => Array.ConvertAll(numbers, number => number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Lengths keep "a b" apart from "a" and "b".</summary>
    private static string Key(IEnumerable<string> items) => string.Concat(items.Select(item => $"{item.Length}:{item}"));
}
