using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Retort.Server.Replies;
using Retort.Server.Requests;

namespace Retort.Server.Endpoints;

/// <summary>POST /v1/classify: for each text its label, and the probability of every class.</summary>
internal sealed class Classes(Service service)
{
    private const string Field = "input";

    private static readonly string[] Known = ["model", Field];

    public async Task AnswerAsync(HttpContext context)
    {
        using var fields = await RequestFields.ReadAsync(context, Known);
        service.CheckModel(fields);
        if (service.Model.Labels is not { } labels)
            throw ApiError.Invalid("model", $"'{service.Options.Name}' is a {service.Model.Kind} and tells no classes: ask it by "
                + "/v1/chat/completions.");
        int[][] texts = [.. TextInput.Read(fields, Field).Select(text => service.Model.Ids(text, Field))];
        service.Metrics.Prompted(texts.Sum(ids => ids.Length));
        using var deadline = service.Deadline(context);
        var found = new List<double[]>();
        foreach (var ids in texts) found.Add(await service.Scheduler.RunAsync(() => service.Model.Classify(ids), deadline.Token));
        var tokens = texts.Sum(ids => ids.Length);
        await Json.WriteAsync(context.Response, json => Write(json, labels, found, tokens));
    }

    private void Write(Utf8JsonWriter json, IReadOnlyList<string> labels, List<double[]> found, int tokens)
    {
        json.WriteStartObject();
        json.WriteString("id", service.Next("classify").Id);
        json.WriteString("object", "list");
        json.WriteNumber("created", service.Now);
        json.WriteString("model", service.Options.Name);
        json.WriteStartArray("data");
        foreach (var (number, logProbabilities) in found.Index())
        {
            json.WriteStartObject();
            json.WriteNumber("index", number);
            json.WriteString("label", labels[Array.IndexOf(logProbabilities, logProbabilities.Max())]);
            json.WriteStartArray("probabilities");
            foreach (var (label, value) in labels.Zip(logProbabilities))
            {
                json.WriteStartObject();
                json.WriteString("label", label);
                json.WriteNumber("probability", Math.Exp(value));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        new Usage(tokens, 0).Write(json);
        json.WriteEndObject();
    }
}
