using System.Buffers.Binary;
using Retort.Formats.Files;

namespace Retort.Formats.Wav;

/// <summary>Reads RIFF WAVE: PCM of 8, 16, 24 and 32 bits, and 32-bit float. See spec.md.</summary>
public static class WavReader
{
    /// <summary>Bytes of a file that are read.</summary>
    public const int MostBytes = 1 << 30;
    private const int Whole = 1, Real = 3, Extensible = 0xFFFE;

    /// <exception cref="FormatException">No such file, or none that is understood.</exception>
    public static WavSound Read(string path)
    {
        using var stream = SourceFile.OpenRaw(path);
        if (stream.Length > MostBytes)
            throw new FormatException(path, $"the file has {stream.Length} bytes", $"expected at most {MostBytes}", "cut the recording");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return Read(path, content);
    }

    /// <param name="name">For errors.</param>
    /// <param name="content">The whole file.</param>
    public static WavSound Read(string name, ReadOnlySpan<byte> content)
    {
        if (content.Length < 12 || !content[..4].SequenceEqual("RIFF"u8) || !content[8..12].SequenceEqual("WAVE"u8))
            throw new FormatException($"{name}:0", "this is no RIFF WAVE file", "expected RIFF, a size, WAVE", "convert it to WAV");
        Layout? layout = null;
        for (var place = 12; place < content.Length;)
        {
            if (content.Length - place < 8)
                throw new FormatException($"{name}:{place}", $"{content.Length - place} bytes where a chunk should start",
                    "expected a name of 4 bytes and a size of 4", "fetch the file again");
            var kind = content.Slice(place, 4);
            var size = BinaryPrimitives.ReadUInt32LittleEndian(content[(place + 4)..]);
            if (size > content.Length - place - 8)
                throw new FormatException($"{name}:{place + 4}", $"a chunk of {size} bytes in {content.Length - place - 8}",
                    "expected a chunk that ends inside the file", "fetch the file again");
            var chunk = content.Slice(place + 8, (int)size);
            if (kind.SequenceEqual("fmt "u8)) layout = Layout.Of(name, place, chunk);
            if (kind.SequenceEqual("data"u8))
                return (layout ?? throw new FormatException($"{name}:{place}", "samples come before their layout",
                    "expected a chunk 'fmt ' first", "convert it again")).Read(name, place, chunk);
            place += 8 + (int)size + (int)(size & 1); // chunks start at even places
        }
        throw new FormatException(name, "there is no chunk 'data'", "expected samples", "fetch the file again");
    }

    private sealed record Layout(bool IsReal, int Channels, int Rate, int Bits)
    {
        public static Layout Of(string name, int place, ReadOnlySpan<byte> chunk)
        {
            if (chunk.Length < 16)
                throw new FormatException($"{name}:{place}", $"a layout of {chunk.Length} bytes", "expected 16 or more", "convert it again");
            int format = BinaryPrimitives.ReadUInt16LittleEndian(chunk), channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]),
                bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
            var rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (format == Extensible && chunk.Length >= 26) format = BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);
            if ((format, bits) is not ((Whole, 8 or 16 or 24 or 32) or (Real, 32)))
                throw new FormatException($"{name}:{place}", $"format {format} of {bits} bits",
                    "expected whole numbers (1) of 8, 16, 24 or 32 bits, or real ones (3) of 32", "convert it to 16-bit PCM");
            if (channels is 0 or > 64 || rate is 0 or > 10_000_000)
                throw new FormatException($"{name}:{place}", $"{channels} channels at {rate} samples a second",
                    "expected 1 to 64 channels at 1 to 10,000,000", "convert it again");
            return new Layout(format == Real, channels, (int)rate, bits);
        }

        public WavSound Read(string name, int place, ReadOnlySpan<byte> data)
        {
            var width = Bits / 8;
            if (data.Length % (width * Channels) != 0)
                throw new FormatException($"{name}:{place}", $"{data.Length} bytes of samples of {width * Channels}",
                    "expected whole samples", "fetch the file again");
            var samples = new float[data.Length / width];
            for (var i = 0; i < samples.Length; i++)
            {
                var at = data[(i * width)..];
                samples[i] = Bits switch
                {
                    8 => (at[0] - 128) / 128f, // the only unsigned one
                    16 => BinaryPrimitives.ReadInt16LittleEndian(at) / 32768f,
                    24 => ((at[0] << 8 | at[1] << 16 | at[2] << 24) >> 8) / 8388608f,
                    _ => IsReal ? BinaryPrimitives.ReadSingleLittleEndian(at) : BinaryPrimitives.ReadInt32LittleEndian(at) / 2147483648f,
                };
                if (!float.IsFinite(samples[i]))
                    throw new FormatException($"{name}:{place + 8 + i * width}", $"sample {i} is {samples[i]}", "expected finite samples",
                        "convert it again");
            }
            return new WavSound(Rate, Channels, samples);
        }
    }
}
