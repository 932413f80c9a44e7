using System.Text;
using Retort.Tensors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Retort.Recipes.Yaml;

/// <summary>Reads one YAML document as data: no tags, no anchors, bounded size and depth, no key twice.</summary>
internal sealed class YamlText
{
    public const int MaximumBytes = 1 << 20;
    public const int MaximumDepth = 32;

    private readonly string _fileName;
    private readonly Parser _parser;
    private int _depth;

    private YamlText(string text, string fileName)
    {
        _fileName = fileName;
        _parser = new Parser(new StringReader(text));
    }

    /// <exception cref="RetortException">The text is no recipe that can be read.</exception>
    public static YamlEntry Parse(string text, string fileName)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > MaximumBytes)
            throw new RetortException(fileName, $"the recipe has {bytes} bytes.", $"expected at most {MaximumBytes}.",
                "a recipe holds settings; data belong in files that it names.");
        RefuseControls(text, fileName);
        var yaml = new YamlText(text, fileName);
        try
        {
            return yaml.Document();
        }
        catch (YamlException error)
        {
            throw Invalid($"{fileName}:{error.Start.Line}:{error.Start.Column}", error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or IndexOutOfRangeException
            or System.FormatException or OverflowException)
        {
            // the scanner fails like this on some texts that are no YAML
            throw Invalid(yaml._parser.Current is { } last ? yaml.At(last) : fileName, error);
        }
    }

    private static RetortException Invalid(string location, Exception error) => new(location, "this is not valid YAML.", error.Message,
        "indent with spaces, and quote texts that hold ': ' or ' #'.", error);

    /// <summary>The parser takes a zero for the end: what follows would be lost without a word.</summary>
    private static void RefuseControls(string text, string fileName)
    {
        var (line, start) = (1, 0);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\n') (line, start) = (line + 1, at + 1);
            else if (char.IsControl(text[at]) && text[at] is not ('\t' or '\r'))
                throw new RetortException($"{fileName}:{line}:{at - start + 1}", $"a control character ({(int)text[at]}).",
                    "expected text.", "save the recipe as UTF-8 text.");
        }
    }

    private YamlEntry Document()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.Accept<DocumentStart>(out _))
            throw new RetortException(_fileName, "the recipe is empty.", "expected keys such as name, data, teacher, student.",
                "start from a shipped one: retort copy digits.");
        _parser.Consume<DocumentStart>();
        var root = Entry();
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
            throw new RetortException(At(second), "a second document starts here.", "expected one recipe in a file.",
                "remove the line '---' and what follows.");
        return root;
    }

    private YamlEntry Entry()
    {
        if (++_depth > MaximumDepth)
            throw new RetortException(At(_parser.Current!), $"more than {MaximumDepth} levels of nesting.", "a recipe needs at most 8.",
                "remove the inner levels.");
        if (_parser.Accept<AnchorAlias>(out var alias)) throw Refused(alias, $"the alias '*{alias.Value}'");
        if (_parser.Accept<NodeEvent>(out var node))
        {
            if (!node.Anchor.IsEmpty) throw Refused(node, $"the anchor '&{node.Anchor.Value}'");
            if (!node.Tag.IsEmpty) throw Refused(node, $"the tag '{node.Tag.Value}'");
        }

        YamlEntry entry = _parser.Accept<MappingStart>(out _) ? Map() : _parser.Accept<SequenceStart>(out _) ? List() : Scalar();
        _depth--;
        return entry;
    }

    private YamlMap Map()
    {
        var map = new YamlMap(At(_parser.Consume<MappingStart>()), []);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var location = At(_parser.Current!);
            if (Entry() is not YamlScalar key)
                throw new RetortException(location, "a key that is not a text.", "expected name: value.");
            if (map.Find(key.Text) is { } first)
                throw new RetortException(location, $"the key '{key.Text}' is written twice.", $"it stood already at {first.KeyLocation}.",
                    "keep one of them.");
            map.Pairs.Add(new YamlPair(key.Text, location, Entry()));
        }

        return map;
    }

    private YamlList List()
    {
        var list = new YamlList(At(_parser.Consume<SequenceStart>()), []);
        while (!_parser.TryConsume<SequenceEnd>(out _)) list.Items.Add(Entry());
        return list;
    }

    private YamlScalar Scalar()
    {
        var scalar = _parser.Consume<Scalar>();
        return new YamlScalar(At(scalar), scalar.Value, scalar.Style == ScalarStyle.Plain);
    }

    private RetortException Refused(ParsingEvent place, string what) =>
        new(At(place), $"{what} is refused.", "a recipe is data: no tags, no anchors, no aliases.", "write the value out.");

    private string At(ParsingEvent place) => $"{_fileName}:{place.Start.Line}:{place.Start.Column}";
}
