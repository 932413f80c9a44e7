using System.Text;

namespace Retort.Formats.Tokenizers;

/// <summary>
/// GPT-2's spelling of bytes as printable characters (openai/gpt-2, encoder.py, bytes_to_unicode): those that are printable in
/// Latin-1 are themselves, the others follow from U+0100 on. So a vocabulary of byte strings can be written as text.
/// </summary>
internal static class ByteCharacters
{
    private static readonly char[] Characters = Spell();
    private static readonly short[] Values = Invert();

    public static char Of(byte value) => Characters[value];

    /// <summary>The spelling of a byte string.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new char[bytes.Length];
        for (var i = 0; i < text.Length; i++) text[i] = Characters[bytes[i]];
        return new string(text);
    }

    /// <summary>The bytes that a token spells; those of its own text where a character spells no byte.</summary>
    public static byte[] Bytes(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            var value = token[i] < Values.Length ? Values[token[i]] : -1;
            if (value < 0) return Encoding.UTF8.GetBytes(token);
            bytes[i] = (byte)value;
        }
        return bytes;
    }

    private static short[] Invert()
    {
        var values = new short[Characters.Max() + 1];
        Array.Fill(values, (short)-1);
        for (var value = 0; value < 256; value++) values[Characters[value]] = (short)value;
        return values;
    }

    private static char[] Spell()
    {
        var characters = new char[256];
        var next = 256;
        for (var value = 0; value < 256; value++)
            characters[value] = (char)(value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? value : next++);
        return characters;
    }
}
