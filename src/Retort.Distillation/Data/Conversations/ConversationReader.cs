using System.Text.Json;
using Retort.Formats.Jsonl;
using Retort.Tensors;

namespace Retort.Data.Conversations;

/// <summary>
/// Reads a file of conversations, plain or gzip, lines or one list. Its shape is told by its first rows; a row of another shape, or one
/// that is damaged, comes out as set aside and never disappears.
/// </summary>
public sealed class ConversationReader
{
    private const int FirstRows = 20;

    private readonly string _path;

    private ConversationReader(string path, IConversationShape shape) => (_path, Shape) = (path, shape);

    /// <summary>Of the whole file.</summary>
    public IConversationShape Shape { get; }

    /// <param name="path">The file.</param>
    /// <exception cref="RetortException">None of the first rows can be read, or they have several shapes.</exception>
    public static ConversationReader Open(string path)
    {
        (JsonRow Row, IConversationShape? Shape)[] first = [.. JsonRowReader.Read(path).Where(row => row.Value is not null).Take(FirstRows)
            .Select(row => (row, ConversationShapes.Of(row.Value!.Value)))];
        if (first.Length == 0)
            throw new RetortException(path, "has no line that can be read.", "one JSON object a line, or one JSON list of objects.");
        if (first.FirstOrDefault(row => row.Shape is not null) is not { Shape: { } shape } known) throw Unknown(first[0].Row);
        if (first.FirstOrDefault(row => row.Shape is not null && row.Shape != shape) is { Shape: { } second } other)
            throw new RetortException(other.Row.Location, $"the file mixes schemas: line {known.Row.Number} is {shape.Name}, line {other.Row.Number} is {second.Name}.",
                "one shape a file.", "put each shape into a file of its own, and name both files.");
        return new ConversationReader(path, shape);
    }

    /// <returns>A conversation, or why there is none; a row may give several.</returns>
    public IEnumerable<(Conversation? Conversation, SetAside? Aside)> Read(ConversationCheck check)
    {
        foreach (var row in JsonRowReader.Read(_path))
        {
            if (row.Value is not { } value)
            {
                var fault = row.Fault!;
                yield return (null, new SetAside(_path, row.Number, fault.Column, fault.Kind, fault.What + ".", fault.Excerpt));
                continue;
            }
            var (read, aside) = Try(row, value, check);
            if (aside is not null) yield return (null, aside);
            foreach (var conversation in read) yield return (conversation, null);
        }
    }

    private (IReadOnlyList<Conversation> Read, SetAside? Aside) Try(JsonRow row, JsonElement value, ConversationCheck check)
    {
        try
        {
            if (ConversationShapes.Of(value) is var shape && shape != Shape)
                throw new ConversationException(shape is null ? SetAside.WrongShape : SetAside.AnotherShape, row.Location,
                    $"the row is {shape?.Name ?? "no conversation"}; the file is {Shape.Name}.", "expected one shape a file.");
            var read = Shape.Read(new JsonlLine(row.Path, row.Number, value));
            foreach (var conversation in read) check.Check(conversation);
            return (read, null);
        }
        catch (ConversationException error)
        {
            var said = error.Expected.Length > 0 ? $"{error.What} {error.Expected}" : error.What;
            return ([], new SetAside(_path, row.Number, null, error.Reason, said, value.GetRawText()));
        }
    }

    private static RetortException Unknown(JsonRow row) => new(row.Location,
        row.Value!.Value.ValueKind == JsonValueKind.Object
            ? $"no shape is known with the keys {string.Join(", ", row.Value.Value.EnumerateObject().Select(member => member.Name).Take(8))}."
            : "the row is no JSON object.",
        $"one of: {string.Join(", ", ConversationShapes.All.Select(shape => shape.Name))}.");
}
