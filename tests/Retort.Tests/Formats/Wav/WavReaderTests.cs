using System.Buffers.Binary;
using Retort.Formats.Wav;
using Xunit;

namespace Retort.Tests.Formats.Wav;

public sealed class WavReaderTests
{
    private static byte[] Chunk(string name, params byte[] content)
    {
        var size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, content.Length);
        return [.. name.Select(letter => (byte)letter), .. size, .. content, .. content.Length % 2 == 1 ? new byte[1] : []];
    }

    private static byte[] Layout(int format, int channels, int rate, int bits)
    {
        var content = new byte[16];
        BinaryPrimitives.WriteUInt16LittleEndian(content, (ushort)format);
        BinaryPrimitives.WriteUInt16LittleEndian(content.AsSpan(2), (ushort)channels);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(4), rate);
        BinaryPrimitives.WriteUInt16LittleEndian(content.AsSpan(14), (ushort)bits);
        return Chunk("fmt ", content);
    }

    private static byte[] File(params byte[][] chunks) => [.. "RIFF\0\0\0\0WAVE"u8, .. chunks.SelectMany(chunk => chunk)];

    private static float[] Samples(int format, int bits, params byte[] data) =>
        WavReader.Read("s.wav", File(Layout(format, 1, 8000, bits), Chunk("LIST", 1, 2, 3), Chunk("data", data))).Samples;

    [Fact]
    public void EveryWidth()
    {
        Assert.Equal([-1, 0, 127 / 128f], Samples(1, 8, 0, 128, 255));
        Assert.Equal([-1, 0.5f, -1 / 32768f], Samples(1, 16, 0, 0x80, 0, 0x40, 0xFF, 0xFF));
        Assert.Equal([-1, 0.5f, -1 / 8388608f], Samples(1, 24, 0, 0, 0x80, 0, 0, 0x40, 0xFF, 0xFF, 0xFF));
        Assert.Equal([-1, 0.5f], Samples(1, 32, 0, 0, 0, 0x80, 0, 0, 0, 0x40));
        Assert.Equal([-2.5f], Samples(3, 32, BitConverter.GetBytes(-2.5f)));
    }

    [Fact]
    public void ChannelsAreAveraged()
    {
        var sound = WavReader.Read("s.wav", File(Layout(1, 2, 44100, 8), Chunk("data", 128, 192, 0, 128)));
        Assert.Equal((44100, 2), (sound.Rate, sound.Channels));
        Assert.Equal([0.25f, -0.5f], sound.Mono());
    }

    [Fact]
    public void TheExtensibleForm()
    {
        byte[] extended = [.. Layout(0xFFFE, 1, 8000, 16)[8..], 22, 0, 16, 0, 0, 0, 0, 0, 1, 0, .. new byte[14]];
        Assert.Equal([0.5f], WavReader.Read("s.wav", File(Chunk("fmt ", extended), Chunk("data", 0, 0x40))).Samples);
    }

    [Fact]
    public void WhatIsNoRecording()
    {
        void Refused(byte[] content, string message) => Assert.StartsWith("s.wav" + message,
            Assert.Throws<Retort.Formats.FormatException>(() => WavReader.Read("s.wav", content)).Message, StringComparison.Ordinal);
        Refused([1, 2, 3], ":0  this is no RIFF WAVE file");
        Refused(File(), "  there is no chunk 'data'");
        Refused(File(Chunk("data", 1)), ":12  samples come before their layout");
        Refused(File([.. "data"u8, 0xFF, 0xFF, 0xFF, 0xFF, 1]), ":16  a chunk of 4294967295 bytes in 1");
        Refused(File(Layout(1, 1, 8000, 16), [1, 2]), ":36  2 bytes where a chunk should start");
        Refused(File(Layout(7, 1, 8000, 8)), ":12  format 7 of 8 bits");
        Refused(File(Layout(1, 1, 8000, 12)), ":12  format 1 of 12 bits");
        Refused(File(Layout(1, 0, 8000, 8)), ":12  0 channels at 8000 samples a second");
        Refused(File(Layout(1, 1, 0, 8)), ":12  1 channels at 0 samples a second");
        Refused(File(Layout(1, 2, 8000, 16), Chunk("data", 1, 2, 3)), ":36  3 bytes of samples of 4");
        Refused(File(Layout(3, 1, 8000, 32), Chunk("data", BitConverter.GetBytes(float.NaN))), ":44  sample 0 is NaN");
        Refused(File(Chunk("fmt ", 1, 0)), ":12  a layout of 2 bytes");
    }
}
