using System.Text.Json;
using Retort.Formats.Gguf;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Formats.Gguf;

/// <summary>Blocks as gguf-py and llama-quantize wrote them.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenBlockTests
{
    public static TheoryData<string> Simple => Types("quant_blocks.json", "types");
    public static TheoryData<string> Rows => Types("k_quant_rows.json", "rows");

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Simple))]
    public void SimpleTypesAreTheSameBytes(string type)
    {
        using var document = Fixtures.Read(Fixtures.Path("gguf/quant_blocks.json", out _)!);
        var input = Floats(document.RootElement.GetProperty("input").GetProperty("data"));
        var golden = document.RootElement.GetProperty("types").GetProperty(type);
        var bytes = Convert.FromHexString(golden.GetProperty("bytes_hex").GetString()!);
        var format = BlockFormats.Of(Enum.Parse<GgufType>(type))!;
        var written = new byte[bytes.Length];
        BlockFormats.Encode(format, input, written);
        Assert.Equal(bytes, written);
        Assert.Equal(Floats(golden.GetProperty("dequantized")), Decoded(format, bytes, input.Length));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Rows))]
    public void RowsOfOthersMeanTheSame(string type)
    {
        using var document = Fixtures.Read(Fixtures.Path("gguf/k_quant_rows.json", out _)!);
        var golden = document.RootElement.GetProperty("rows").GetProperty(type);
        var (source, meant) = (Floats(golden.GetProperty("source_values")), Floats(golden.GetProperty("dequantized")));
        var bytes = Convert.FromHexString(golden.GetProperty("bytes_hex").GetString()!);
        var format = BlockFormats.Of(Enum.Parse<GgufType>(type))!;
        Assert.Equal(meant, Decoded(format, bytes, source.Length));
        if (!format.CanEncode) return;
        var written = new byte[bytes.Length];
        BlockFormats.Encode(format, source, written);
        var (ours, theirs) = (Error(source, Decoded(format, written, source.Length)), Error(source, meant));
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(
            $"golden: {type}, root mean square error {ours:0.000000}, of the file {theirs:0.000000}, ratio {ours / theirs:0.000}"));
        Assert.InRange(ours, 0, 1.1 * theirs);
    }

    private static TheoryData<string> Types(string file, string property)
    {
        if (Fixtures.Path("gguf/" + file, out _) is not { } path) return [];
        using var document = Fixtures.Read(path);
        return [.. document.RootElement.GetProperty(property).EnumerateObject().Select(type => type.Name)];
    }

    private static float[] Floats(JsonElement numbers) => [.. numbers.EnumerateArray().Select(number => number.GetSingle())];

    private static float[] Decoded(BlockFormat format, byte[] bytes, int count)
    {
        var values = new float[count];
        BlockFormats.Decode(format, bytes, values);
        return values;
    }

    private static double Error(float[] source, float[] found) =>
        Math.Sqrt(source.Zip(found, (wanted, got) => Math.Pow(wanted - got, 2)).Average());
}
