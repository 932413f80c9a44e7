using System.Text.Json;
using Retort.Tensors;

namespace Retort.Testing;

/// <summary>A tensor of a golden file: {shape, dtype, data} in row-major order.</summary>
public sealed record GoldenTensor(Shape Shape, bool Integer, double[] Values)
{
    public static GoldenTensor From(JsonElement element) => new(
        new Shape([.. element.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt64())]),
        element.GetProperty("dtype").GetString()!.StartsWith("int", StringComparison.Ordinal),
        [.. element.GetProperty("data").EnumerateArray().Select(number => number.GetDouble())]);

    public static Dictionary<string, GoldenTensor> All(JsonElement element) =>
        element.EnumerateObject().ToDictionary(property => property.Name, property => From(property.Value));

    public int[] Integers => [.. Values.Select(value => (int)value)];

    public Tensor On(Step step, bool variable) =>
        Integer ? step.Constant(Shape, Integers)
        : variable ? step.Variable(Shape, Values)
        : step.Constant(Shape, Values);
}
