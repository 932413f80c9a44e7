using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Retort.Formats.Jsonl;
using Retort.Tensors;

namespace Retort.Asking.Inventing;

/// <param name="Topic">What it asks about; null = anything.</param>
/// <param name="Text">What is said to the model.</param>
internal sealed record DrawnRequest(string? Topic, string Text);

/// <summary>
/// rounds.jsonl of a job: the requests of each round, written before any of them is sent. What a request shows depends on what came before,
/// and a reply may come later in another process: so they are not drawn again, and nothing is paid for twice.
/// </summary>
internal sealed class InventingRounds
{
    private readonly string _path;
    private readonly List<IReadOnlyList<DrawnRequest>> _rounds = [];

    private InventingRounds(string path) => _path = path;

    public int Count => _rounds.Count;
    public IReadOnlyList<DrawnRequest> this[int round] => _rounds[round];

    /// <param name="path">The file; made when it is missing.</param>
    /// <param name="order">Its seeds, topics, examples and draws.</param>
    /// <param name="identity">Of the model.</param>
    /// <exception cref="RetortException">The folder belongs to another order.</exception>
    public static InventingRounds Open(string path, InventingOrder order, string identity)
    {
        var (rounds, hash) = (new InventingRounds(path), HashOf(order, identity));
        if (!File.Exists(path)) rounds.Append(json => json.WriteString("order", hash));
        foreach (var line in JsonlReader.Read(path, new JsonlOptions(ForgiveCutLastLine: true)))
            if (line.Value.TryGetProperty("order", out var its))
            {
                if (its.GetString() == hash) continue;
                throw new RetortException(path, "belongs to another order: seeds, topics, examples, draws, model or its parameters are others.",
                    "the same order, with any count and any bounds.", "choose another folder with --out.");
            }
            else rounds._rounds.Add([.. line.Value.GetProperty("requests").EnumerateArray().Select(request => new DrawnRequest(
                request.TryGetProperty("topic", out var topic) ? topic.GetString() : null, request.GetProperty("text").GetString()!))]);
        return rounds;
    }

    public void Add(IReadOnlyList<DrawnRequest> round)
    {
        Append(json =>
        {
            json.WriteStartArray("requests");
            foreach (var request in round)
            {
                json.WriteStartObject();
                if (request.Topic is { } topic) json.WriteString("topic", topic);
                json.WriteString("text", request.Text);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
        _rounds.Add(round);
    }

    private void Append(Action<Utf8JsonWriter> line)
    {
        using var file = JsonlWriter.Append(_path);
        file.Write(line);
        file.FlushToDisk();
    }

    private static string HashOf(InventingOrder order, string identity) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\0', [.. order.Seeds, "", .. order.Topics, "", $"{order.SeedExamples} {order.InventedExamples} {order.PerRequest} {order.Draws.Value}",
            identity, $"{order.Asking.Parameters}"]))));
}
