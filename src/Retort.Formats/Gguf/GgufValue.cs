using System.Globalization;

namespace Retort.Formats.Gguf;

/// <summary>
/// A metadata value. Content is a <see cref="long"/> for whole numbers (<see cref="ulong"/> for UInt64), a <see cref="double"/> for
/// fractions, a <see cref="bool"/>, a <see cref="string"/>, or an array of one of these.
/// </summary>
/// <param name="Kind">Of the value, or of the elements of an array.</param>
/// <param name="Content">The value itself.</param>
public sealed record GgufValue(GgufKind Kind, object Content)
{
    public static GgufValue Of(string text) => new(GgufKind.String, text);
    public static GgufValue Of(bool flag) => new(GgufKind.Bool, flag);
    public static GgufValue Of(uint number) => new(GgufKind.UInt32, (long)number);
    public static GgufValue Of(int number) => new(GgufKind.Int32, (long)number);
    public static GgufValue Of(float number) => new(GgufKind.Float32, (double)number);
    public static GgufValue Of(string[] texts) => new(GgufKind.String, texts);
    public static GgufValue Of(float[] numbers) => new(GgufKind.Float32, Array.ConvertAll(numbers, number => (double)number));
    public static GgufValue Of(int[] numbers) => new(GgufKind.Int32, Array.ConvertAll(numbers, number => (long)number));

    public override string ToString() => Content switch
    {
        Array array => $"{array.Length} of {Kind}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var other => other.ToString()!,
    };
}
