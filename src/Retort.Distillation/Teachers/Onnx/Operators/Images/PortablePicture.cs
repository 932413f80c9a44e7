namespace Retort.Teachers.Onnx.Operators.Images;

/// <summary>PNM: a few numbers as text, then the bytes of the pixels; P5 is grey, P6 in colours.</summary>
internal static class PortablePicture
{
    public static Picture Of(ReadOnlySpan<byte> file)
    {
        var channels = file[1] == '5' ? 1 : 3;
        var at = 2;
        var (width, height, most) = (Number(file, ref at), Number(file, ref at), Number(file, ref at));
        at++; // one white space
        if (most != 255) throw Picture.Refuse($"the largest colour of the PNM is {most}");
        var colours = Picture.Room(width, height);
        if (file.Length - at < colours.Length / 3 * channels)
            throw Picture.Refuse($"the PNM of {width} × {height} ends after {file.Length} bytes");
        for (var i = 0; i < colours.Length; i++) colours[i] = file[at + (channels == 3 ? i : i / 3)];
        return new Picture(width, height, colours);
    }

    /// <summary>The next number, after white space and comments.</summary>
    private static int Number(ReadOnlySpan<byte> file, ref int at)
    {
        while (at < file.Length && !char.IsAsciiDigit((char)file[at]))
        {
            if (file[at] == '#')
                while (at < file.Length && file[at] != '\n') at++;
            at++;
        }
        var number = 0L;
        for (; at < file.Length && char.IsAsciiDigit((char)file[at]); at++) number = Math.Min(number * 10 + file[at] - '0', int.MaxValue);
        return (int)number;
    }
}
