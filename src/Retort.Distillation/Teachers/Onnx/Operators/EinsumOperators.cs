using System.Numerics;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Sums of products named by letters, as in "ij,jk→ik".</summary>
internal static class EinsumOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Einsum"] = call => [Einsum(call)],
    };

    private static OnnxArray Einsum(OperatorCall call)
    {
        var operands = call.Inputs.Select((_, i) => call.Array(i)).ToArray();
        var sides = call.Text("equation", "").Replace(" ", "", StringComparison.Ordinal).Split("->");
        var terms = sides[0].Split(',');
        if (terms.Length != operands.Length) throw call.Refuse($"{terms.Length} terms for {operands.Length} inputs");
        var free = terms.Select((term, i) => term.Contains("...") ? operands[i].Rank - (term.Length - 3) : 0).Max();
        var labels = terms.Select((term, i) => Labels(term, operands[i].Rank - (term.Length - 3), free)).ToArray();
        var sizes = Sizes(call, operands, labels);
        var output = sides.Length > 1 ? Labels(sides[1], free, free) : Implied(labels, free);
        var summed = sizes.Keys.Where(label => !output.Contains(label)).ToArray();
        int[] shape = [.. output.Select(label => sizes[label])];
        var (outer, inner) = (new int[operands.Length][], new int[operands.Length][]);
        for (var i = 0; i < operands.Length; i++)
        {
            outer[i] = Offsets(output, labels[i], operands[i].Shape, sizes);
            inner[i] = Offsets(summed, labels[i], operands[i].Shape, sizes);
        }
        return Numbers.Visit<Summing, OnnxArray>(operands[0], new Summing(operands, outer, inner, shape));
    }

    /// <summary>A letter an axis; the axes of an ellipsis are numbered from the last.</summary>
    private static char[] Labels(string term, int own, int free)
    {
        var numbered = new string([.. Enumerable.Range(free - own + 1, Math.Max(own, 0)).Select(number => (char)number)]);
        return [.. term.Replace("...", numbered, StringComparison.Ordinal)];
    }

    /// <summary>Without a right side: the ellipsis, then the letters that stand once, in order.</summary>
    private static char[] Implied(char[][] labels, int free) =>
        [.. Enumerable.Range(1, free).Select(i => (char)i),
            .. labels.SelectMany(term => term).Where(char.IsLetter).GroupBy(label => label).Where(group => group.Count() == 1)
                .Select(group => group.Key).Order()];

    private static Dictionary<char, int> Sizes(OperatorCall call, OnnxArray[] operands, char[][] labels)
    {
        Dictionary<char, int> sizes = [];
        for (var i = 0; i < operands.Length; i++)
        {
            if (labels[i].Length != operands[i].Rank)
                throw call.Refuse($"{labels[i].Length} letters for {Extents.Text(operands[i].Shape)}");
            for (var axis = 0; axis < labels[i].Length; axis++)
            {
                var (label, size) = (labels[i][axis], operands[i].Shape[axis]);
                if (!sizes.TryGetValue(label, out var known) || known == 1) sizes[label] = size;
                else if (size != known && size != 1) throw call.Refuse($"'{label}' is {known} and {size}");
            }
        }
        return sizes;
    }

    /// <summary>Where each combination of some letters lies in an operand.</summary>
    private static int[] Offsets(char[] letters, char[] own, int[] shape, Dictionary<char, int> sizes)
    {
        var (ownStrides, strides) = (Extents.Strides(shape), new int[letters.Length]);
        for (var axis = 0; axis < own.Length; axis++)
            if (Array.IndexOf(letters, own[axis]) is >= 0 and var letter && shape[axis] > 1) strides[letter] += ownStrides[axis];
        int[] extents = [.. letters.Select(letter => sizes[letter])];
        var steps = Extents.Strides(extents);
        var offsets = new int[Extents.Count(extents)];
        for (var i = 0; i < offsets.Length; i++)
            for (var axis = 0; axis < strides.Length; axis++) offsets[i] += i / steps[axis] % extents[axis] * strides[axis];
        return offsets;
    }

    private readonly struct Summing(OnnxArray[] operands, int[][] outer, int[][] inner, int[] shape) : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var data = operands.Select(operand => operand.As<T>().Data).ToArray();
            var result = new T[outer[0].Length];
            for (var i = 0; i < result.Length; i++)
                for (var j = 0; j < inner[0].Length; j++)
                {
                    var product = T.One;
                    for (var k = 0; k < data.Length; k++) product *= data[k][outer[k][i] + inner[k][j]];
                    result[i] += product;
                }
            return new OnnxArray<T>(array.Type, shape, result);
        }
    }
}
