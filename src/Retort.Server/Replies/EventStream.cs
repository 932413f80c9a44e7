using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Retort.Server.Replies;

/// <summary>Server-sent events: one JSON object each, sent at once, and [DONE] behind the last.</summary>
internal sealed class EventStream(HttpResponse response) : IDisposable
{
    public const string Kind = "text/event-stream; charset=utf-8";

    private readonly Utf8JsonWriter _json = new(response.BodyWriter, Json.Options);

    public void Begin()
    {
        response.ContentType = Kind;
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no"; // proxies pass each event on
    }

    public async Task SendAsync(Action<Utf8JsonWriter> write, CancellationToken cancellation)
    {
        Write("data: "u8);
        _json.Reset(response.BodyWriter);
        write(_json);
        _json.Flush();
        Write("\n\n"u8);
        await response.BodyWriter.FlushAsync(cancellation);
    }

    public async Task EndAsync(CancellationToken cancellation)
    {
        Write("data: [DONE]\n\n"u8);
        await response.BodyWriter.FlushAsync(cancellation);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(response.BodyWriter.GetSpan(bytes.Length));
        response.BodyWriter.Advance(bytes.Length);
    }

    public void Dispose() => _json.Dispose();
}
