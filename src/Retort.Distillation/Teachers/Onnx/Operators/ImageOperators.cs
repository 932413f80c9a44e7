using Retort.Formats.Onnx;
using Retort.Teachers.Onnx.Operators.Images;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Pixels out of the bytes of a picture's file.</summary>
internal static class ImageOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["ImageDecoder"] = call => [Decoded(call)],
    };

    private static OnnxArray<byte> Decoded(OperatorCall call)
    {
        var picture = Picture.Of(call.Array(0).As<byte>().Data);
        var (colours, format) = (picture.Colours, call.Text("pixel_format", "RGB"));
        if (format == "Grayscale")
        {
            // luma of ITU-R BT.601 in 16-bit fractions
            var grey = new byte[colours.Length / 3];
            for (var i = 0; i < grey.Length; i++)
                grey[i] = (byte)((19595 * colours[i * 3] + 38470 * colours[i * 3 + 1] + 7471 * colours[i * 3 + 2] + 32768) >> 16);
            return new OnnxArray<byte>(OnnxType.UInt8, [picture.Height, picture.Width, 1], grey);
        }
        if (format == "BGR")
            for (var i = 0; i < colours.Length; i += 3) (colours[i], colours[i + 2]) = (colours[i + 2], colours[i]);
        return new OnnxArray<byte>(OnnxType.UInt8, [picture.Height, picture.Width, 3], colours);
    }
}
