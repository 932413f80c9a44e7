using Microsoft.AspNetCore.Http;
using Retort.Server.Replies;

namespace Retort.Server.Endpoints;

/// <summary>GET /health and /metrics.</summary>
internal sealed class Watching(Service service)
{
    public Task HealthAsync(HttpContext context) => Json.WriteAsync(context.Response, json =>
    {
        json.WriteStartObject();
        json.WriteString("status", "ok");
        json.WriteString("model", service.Options.Name);
        json.WriteNumber("outstanding", service.Scheduler.Outstanding);
        json.WriteEndObject();
    });

    public Task MetricsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(service.Metrics.Text());
    }
}
