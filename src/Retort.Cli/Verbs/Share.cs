using System.Globalization;
using Retort.Tensors;

namespace Retort.Cli.Verbs;

/// <summary>A share of something, as people write it: 1% or 0.01.</summary>
internal static class Share
{
    public static double Read(string option, string text)
    {
        var percent = text.EndsWith('%');
        return double.TryParse(percent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && (percent ? number / 100 : number) is >= 0 and <= 1 and var share
                ? share
                : throw new RetortException(option, $"it is '{text}'.", "a share of the rows, such as 1% or 0.01.");
    }
}
