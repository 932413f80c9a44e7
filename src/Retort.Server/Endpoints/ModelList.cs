using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Retort.Server.Replies;

namespace Retort.Server.Endpoints;

/// <summary>GET /v1/models and /v1/models/{id}.</summary>
internal sealed class ModelList(Service service)
{
    public Task AllAsync(HttpContext context) => Json.WriteAsync(context.Response, json =>
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        Write(json);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    public Task OneAsync(HttpContext context)
    {
        var name = Uri.UnescapeDataString(context.Request.RouteValues["id"]?.ToString() ?? ""); // clients escape the slash of ORG/NAME
        return name == service.Options.Name
            ? Json.WriteAsync(context.Response, Write)
            : throw ApiError.NotFound($"the model '{name}' is not served here; this is '{service.Options.Name}'.", "model", "model_not_found");
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", service.Options.Name);
        json.WriteString("object", "model");
        json.WriteNumber("created", service.Created);
        json.WriteString("owned_by", "retort");
        json.WriteString("kind", service.Model.Kind);
        json.WriteNumber("context_length", service.Model.Context);
        json.WriteEndObject();
    }
}
