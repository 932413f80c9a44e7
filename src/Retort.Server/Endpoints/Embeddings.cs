using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Retort.Server.Replies;
using Retort.Server.Requests;

namespace Retort.Server.Endpoints;

/// <summary>POST /v1/embeddings: for each text the mean of the last hidden states, of length 1.</summary>
internal sealed class Embeddings(Service service)
{
    private const string Field = "input", Base64 = "base64";

    private static readonly string[] Known = ["model", Field, "encoding_format", "dimensions"];

    public async Task AnswerAsync(HttpContext context)
    {
        using var fields = await RequestFields.ReadAsync(context, Known);
        service.CheckModel(fields);
        var form = fields.Text("encoding_format") ?? "float";
        if (form is not ("float" or Base64))
            throw ApiError.Invalid("encoding_format", $"'encoding_format' is '{form}'; expected float or base64.", "invalid_value");
        var wished = fields.Whole("dimensions", 1, int.MaxValue);
        int[][] texts = [.. TextInput.Read(fields, Field).Select(text => service.Model.Ids(text, Field))];
        if (texts.FirstOrDefault(ids => ids.Length > service.Model.Context) is { } longest)
            throw ApiError.TooLong(Field, $"a text of '{Field}' has {longest.Length} tokens, and the model's context is "
                + $"{service.Model.Context} tokens. Nothing is cut silently.");
        service.Metrics.Prompted(texts.Sum(ids => ids.Length));
        using var deadline = service.Deadline(context);
        var vectors = new List<float[]>();
        foreach (var ids in texts) // one piece of work each, so that answers go on between them
        {
            vectors.Add(await service.Scheduler.RunAsync(() => service.Model.Embed(ids), deadline.Token));
            if (wished is { } count && count != vectors[0].Length)
                throw ApiError.Invalid("dimensions", $"'dimensions' is {count}; this model's vectors have {vectors[0].Length}.", "invalid_value");
        }
        await Json.WriteAsync(context.Response, json => Write(json, vectors, form == Base64, texts.Sum(ids => ids.Length)));
    }

    private void Write(Utf8JsonWriter json, List<float[]> vectors, bool packed, int tokens)
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var (number, vector) in vectors.Index())
        {
            json.WriteStartObject();
            json.WriteString("object", "embedding");
            json.WriteNumber("index", number);
            if (packed) json.WriteBase64String("embedding", MemoryMarshal.AsBytes(vector.AsSpan())); // little-endian float32
            else
            {
                json.WriteStartArray("embedding");
                foreach (var value in vector) json.WriteNumberValue(value);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("model", service.Options.Name);
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", tokens);
        json.WriteNumber("total_tokens", tokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
