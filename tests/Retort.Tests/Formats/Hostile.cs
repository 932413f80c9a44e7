using System.Diagnostics;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats;

/// <summary>Feeds damaged copies of a file to a reader: it reads them or refuses them in a sentence, nothing else.</summary>
internal static class Hostile
{
    /// <summary>Every proper prefix must be refused.</summary>
    public static void Prefixes(byte[] whole, Action<string> read)
    {
        using var folder = new TemporaryFolder();
        for (var length = 0; length < whole.Length; length++)
        {
            var path = folder.With("prefix", whole[..length]);
            var error = Assert.Throws<FormatException>(() => read(path));
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            Assert.NotEmpty(error.Expected + error.Remedy);
        }
    }

    /// <summary>Each byte below <paramref name="limit"/> is replaced by several others. Returns how many copies were refused.</summary>
    public static int Flips(byte[] whole, int limit, Action<string> read)
    {
        using var folder = new TemporaryFolder();
        var refused = 0;
        var copy = whole.ToArray();
        for (var index = 0; index < Math.Min(limit, whole.Length); index++)
        {
            foreach (var mask in new byte[] { 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF })
            {
                copy[index] = (byte)(whole[index] ^ mask);
                var path = folder.With("flipped", copy);
                try
                {
                    read(path);
                }
                catch (FormatException)
                {
                    refused++;
                }
            }

            copy[index] = whole[index];
        }

        return refused;
    }

    /// <summary>Runs of random bytes are written over the file at random places.</summary>
    public static void Splices(byte[] whole, int count, ulong seed, Action<string> read)
    {
        using var folder = new TemporaryFolder();
        for (var trial = 0UL; trial < (ulong)count; trial++)
        {
            var copy = whole.ToArray();
            var start = (int)(Mix(seed, trial * 16) % (ulong)copy.Length);
            var length = 1 + (int)(Mix(seed, trial * 16 + 1) % 8);
            for (var index = start; index < Math.Min(copy.Length, start + length); index++)
                copy[index] = (byte)Mix(seed, trial * 16 + 2 + (ulong)(index - start));
            var path = folder.With("spliced", copy);
            var started = Stopwatch.GetTimestamp();
            try
            {
                read(path);
            }
            catch (FormatException)
            {
                // A refusal in a sentence is what we want.
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(2), $"trial {trial} took too long");
        }
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014) as a counter-based generator.</summary>
    public static ulong Mix(ulong seed, ulong counter)
    {
        var value = seed + (counter + 1) * 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
