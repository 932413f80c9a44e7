using System.Text.Json;
using Retort.Formats.Files;
using Retort.Formats.Tokenizers.Decoders;
using Retort.Formats.Tokenizers.Models;
using Retort.Formats.Tokenizers.PreTokenizers;

namespace Retort.Formats.Tokenizers.Training;

/// <summary>A byte-level vocabulary that was learnt: special tokens, the 256 bytes in the order of their characters, then merges.</summary>
public sealed class BytePairVocabulary
{
    private readonly IReadOnlyList<AddedToken> _special;
    private readonly List<byte[]> _tokens = [];
    private readonly int[] _byteIds = new int[256];
    private readonly List<(int Left, int Right, int Joined)> _merges = [];

    internal BytePairVocabulary(IReadOnlyList<AddedToken> special)
    {
        _special = special;
        foreach (var token in special) _tokens.Add(System.Text.Encoding.UTF8.GetBytes(token.Content));
        foreach (var value in Enumerable.Range(0, 256).OrderBy(value => ByteCharacters.Of((byte)value)))
        {
            _byteIds[value] = _tokens.Count;
            _tokens.Add([(byte)value]);
        }
    }

    /// <summary>Tokens in all.</summary>
    public int Size => _tokens.Count;

    /// <summary>How every token is spelt, by id: special ones as they are, the others with a character a byte.</summary>
    public IReadOnlyList<string> Tokens =>
        [.. _tokens.Select((bytes, id) => id < _special.Count ? _special[id].Content : ByteCharacters.Of(bytes))];

    /// <summary>What is joined, the first learnt first.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges =>
        [.. _merges.Select(merge => (ByteCharacters.Of(_tokens[merge.Left]), ByteCharacters.Of(_tokens[merge.Right])))];

    public Tokenizer ToTokenizer() => new(
        new BytePairModel(Vocabulary(), MergeTable.Of(_merges), new UnknownText(null, null, fuse: false)) { ByteLevel = true },
        _special, preTokenizer: new ByteLevel(addPrefixSpace: false, useRegex: true), decoder: new ByteLevelDecoder());

    /// <summary>Writes tokenizer.json, as Hugging Face's library reads it.</summary>
    /// <param name="path">The file to make or replace.</param>
    public void Write(string path) => AtomicFile.Write(path, Write);

    /// <inheritdoc cref="Write(string)"/>
    /// <param name="stream">Where to.</param>
    public void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteStartArray("added_tokens");
        foreach (var token in _special) WriteSpecial(json, token);
        json.WriteEndArray();
        WriteByteLevel(json, "pre_tokenizer");
        WriteByteLevel(json, "decoder");
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteStartObject("vocab");
        foreach (var (id, token) in Tokens.Index()) json.WriteNumber(token, id);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (var (left, right) in Merges) json.WriteStringValue($"{left} {right}");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    internal int ByteId(byte value) => _byteIds[value];

    internal int Add((int Left, int Right) pair)
    {
        _merges.Add((pair.Left, pair.Right, _tokens.Count));
        _tokens.Add([.. _tokens[pair.Left], .. _tokens[pair.Right]]);
        return _tokens.Count - 1;
    }

    /// <summary>By the bytes of the left token, then by those of the right.</summary>
    internal int Compare((int Left, int Right) first, (int Left, int Right) second) =>
        _tokens[first.Left].AsSpan().SequenceCompareTo(_tokens[second.Left]) is not 0 and var order ? order
            : _tokens[first.Right].AsSpan().SequenceCompareTo(_tokens[second.Right]);

    private Vocabulary Vocabulary()
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, token) in Tokens.Index()) ids.TryAdd(token, id);
        return new Vocabulary(ids);
    }

    internal static void WriteSpecial(Utf8JsonWriter json, AddedToken token)
    {
        json.WriteStartObject();
        json.WriteNumber("id", token.Id);
        json.WriteString("content", token.Content);
        foreach (var name in (string[])["single_word", "lstrip", "rstrip", "normalized"]) json.WriteBoolean(name, false);
        json.WriteBoolean("special", true);
        json.WriteEndObject();
    }

    /// <param name="json">Where to.</param>
    /// <param name="name">Of the property; null = it stands in a list.</param>
    /// <param name="cutsWords">By GPT-2's pattern.</param>
    internal static void WriteByteLevel(Utf8JsonWriter json, string? name, bool cutsWords = true)
    {
        if (name is null) json.WriteStartObject();
        else json.WriteStartObject(name);
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", cutsWords);
        json.WriteEndObject();
    }
}
