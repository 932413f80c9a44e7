using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Retort.Tests.Distillation.Teachers.Chat;

/// <summary>What goes wrong with one request.</summary>
public enum Fault
{
    None,
    TooMany,
    TooManyWithRetryAfter,
    InternalError,
    Unavailable,
    Stall,
    Cut,
    InvalidJson,
    WrongModel,
    Empty,
    Duplicated,
    NoUsage,
}

/// <param name="Prompt">The last message.</param>
/// <param name="Key">Idempotency-Key.</param>
/// <param name="Time">How often this key has come, from 1.</param>
/// <param name="Streams">Pieces are wanted.</param>
/// <param name="Authorization">The header.</param>
/// <param name="Body">What was sent.</param>
internal sealed record Asked(string Prompt, string Key, int Time, bool Streams, string? Authorization, JsonElement Body);

/// <summary>
/// A language model behind real HTTP that follows a script. It charges for every answer that it works out, before anything can go wrong
/// with sending it; with Idempotency-Key honoured, the same key gets the same answer and is charged once.
/// </summary>
internal sealed class ScriptedEndpoint : IDisposable
{
    public const string Model = "tiny-teacher";
    public const int OutputTokens = 5;
    private readonly HttpListener _listener = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _times = [];
    private readonly Func<Asked, Fault> _script;
    private readonly CancellationTokenSource _end = new();

    public ScriptedEndpoint(Func<Asked, Fault>? script = null)
    {
        _script = script ?? (_ => Fault.None);
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/v1";
        }
        _listener.Prefixes.Add(Address[..^2]);
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    public string Address { get; }
    public bool HonoursIdempotency { get; init; } = true;
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(5);
    public TimeSpan Work { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Answers in place of the script where it gives one: status, headers, body.</summary>
    public Func<Asked, (int Status, Dictionary<string, string> Headers, string Body)?> Instead { get; init; } = _ => null;
    public Func<string, string> Answer { get; init; } = prompt => $"answer to {prompt}";

    /// <summary>From an answer to the entries of its log-probabilities, as JSON; empty = it tells none.</summary>
    public Func<string, string> Tokens { get; init; } = _ => "";

    public List<Asked> Requests { get; } = [];

    /// <summary>How often each prompt was charged.</summary>
    public Dictionary<string, int> Billed { get; } = [];
    public long BilledTokens { get; private set; }

    /// <summary>Charged answers that were damaged on their way, so that a client has to ask again.</summary>
    public int Damaged { get; private set; }

    public int BilledPrompts
    {
        get { lock (_gate) return Billed.Count; }
    }

    public int Count
    {
        get { lock (_gate) return Requests.Count; }
    }

    public static long InputTokens(string prompt) => 7 + prompt.Length / 4;

    public void Dispose()
    {
        _end.Cancel();
        _listener.Close();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_end.IsCancellationRequested)
            try
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(context));
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.InputStream);
            await AnswerAsync(Enter(context.Request, body.RootElement.Clone()), context.Response);
        }
        catch (Exception error) when (error is HttpListenerException or IOException or InvalidOperationException
            or OperationCanceledException or JsonException)
        {
            context.Response.Abort(); // the client is gone
        }
    }

    private Asked Enter(HttpListenerRequest request, JsonElement body)
    {
        lock (_gate)
        {
            var key = request.Headers["Idempotency-Key"] ?? "";
            _times[key] = _times.GetValueOrDefault(key) + 1;
            var messages = body.GetProperty("messages");
            var asked = new Asked(messages[messages.GetArrayLength() - 1].GetProperty("content").GetString()!, key, _times[key],
                body.TryGetProperty("stream", out var stream) && stream.GetBoolean(), request.Headers["Authorization"] ?? request.Headers["api-key"], body);
            Requests.Add(asked);
            return asked;
        }
    }

    private async Task AnswerAsync(Asked asked, HttpListenerResponse response)
    {
        if (Instead(asked) is { } other)
        {
            foreach (var (name, value) in other.Headers) response.Headers[name] = value;
            await SendAsync(response, other.Status, other.Body);
            return;
        }
        var fault = _script(asked);
        switch (fault)
        {
            case Fault.TooMany:
                await SendAsync(response, 429, """{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}""");
                return;
            case Fault.TooManyWithRetryAfter:
                response.Headers["retry-after-ms"] = "20";
                await SendAsync(response, 429, """{"error":{"message":"slow down"}}""");
                return;
            case Fault.InternalError:
                await SendAsync(response, 500, "<html>oh no</html>");
                return;
            case Fault.Unavailable:
                response.Headers["Retry-After"] = "0";
                await SendAsync(response, 503, """{"error":{"code":503,"message":"loading model","type":"unavailable_error"}}""");
                return;
        }
        await Task.Delay(Work, _end.Token);
        Bill(asked, fault);
        if (fault == Fault.Stall) await Task.Delay(Stall, _end.Token);
        if (fault is Fault.Stall or Fault.Cut && !asked.Streams) Broken(response, Whole(asked, Fault.None));
        else if (asked.Streams) Streamed(response, asked, fault);
        else await SendAsync(response, 200, Whole(asked, fault));
    }

    private void Bill(Asked asked, Fault fault)
    {
        lock (_gate)
        {
            if (fault is Fault.Stall or Fault.Cut or Fault.InvalidJson or Fault.WrongModel or Fault.Empty) Damaged++;
            if (HonoursIdempotency && Billed.ContainsKey(asked.Prompt)) return;
            Billed[asked.Prompt] = Billed.GetValueOrDefault(asked.Prompt) + 1;
            BilledTokens += InputTokens(asked.Prompt) + OutputTokens;
        }
    }

    private string Whole(Asked asked, Fault fault)
    {
        if (fault == Fault.InvalidJson) return """{"choices":[{"message":{"content":"half""";
        var text = fault == Fault.Empty ? "" : Answer(asked.Prompt);
        var told = Tokens(text) is { Length: > 0 } tokens ? $$$""","logprobs":{"content":[{{{tokens}}}]}""" : "";
        var choice = $$$"""{"index":0,"message":{"role":"assistant","content":{{{Json(text)}}}}{{{told}}},"finish_reason":"stop"}""";
        var twice = fault == Fault.Duplicated ? $",{choice.Replace(Json(text), Json("a second one"), StringComparison.Ordinal)}" : "";
        var usage = fault == Fault.NoUsage ? "null" : $$$"""{"prompt_tokens":{{{InputTokens(asked.Prompt)}}},"completion_tokens":{{{OutputTokens}}}}""";
        return $$$"""{"id":"c","object":"chat.completion","created":1,"model":"{{{(fault == Fault.WrongModel ? "somebody-else" : Model)}}}","choices":[{{{choice}}}{{{twice}}}],"usage":{{{usage}}}}""";
    }

    private void Streamed(HttpListenerResponse response, Asked asked, Fault fault)
    {
        response.ContentType = "text/event-stream";
        response.SendChunked = true;
        var text = fault == Fault.Empty ? "" : Answer(asked.Prompt);
        var model = fault == Fault.WrongModel ? "somebody-else" : Model;
        var pieces = text.Chunk(4).Select(piece => $$$"""{"model":"{{{model}}}","choices":[{"index":0,"delta":{"content":{{{Json(new string(piece))}}}}}]}""").ToList();
        if (fault == Fault.InvalidJson) pieces[0] = "{";
        Write(": a comment\n\n");
        foreach (var piece in fault == Fault.Cut ? pieces.Take(1) : pieces) Write($"data: {piece}\n\n");
        if (fault is Fault.Cut or Fault.Stall)
        {
            response.Abort();
            return;
        }
        Write($$"""data: {"model":"{{model}}","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\n");
        if (fault != Fault.NoUsage)
            Write($$$"""data: {"choices":[],"usage":{"prompt_tokens":{{{InputTokens(asked.Prompt)}}},"completion_tokens":{{{OutputTokens}}}}}""" + "\n\n");
        Write("data: [DONE]\n\n");
        response.Close();

        void Write(string part)
        {
            response.OutputStream.Write(Encoding.UTF8.GetBytes(part));
            response.OutputStream.Flush();
        }
    }

    private static void Broken(HttpListenerResponse response, string body)
    {
        response.ContentLength64 = Encoding.UTF8.GetByteCount(body);
        response.OutputStream.Write(Encoding.UTF8.GetBytes(body[..(body.Length / 2)]));
        response.OutputStream.Flush();
        response.Abort();
    }

    private static async Task SendAsync(HttpListenerResponse response, int status, string body)
    {
        response.StatusCode = status;
        response.ContentType ??= "application/json";
        var bytes = Encoding.UTF8.GetBytes(body);
        response.ContentLength64 = bytes.Length;
        await response.OutputStream.WriteAsync(bytes);
        response.Close();
    }

    private static string Json(string text) => JsonSerializer.Serialize(text);

    /// <summary>The faults that a prompt meets before it is answered: none to two, drawn from its text and the seed.</summary>
    public static Fault Drawn(Asked asked, Retort.Tensors.Seed seed, double share, params Fault[] faults)
    {
        var number = ulong.Parse(string.Concat(asked.Prompt.Where(char.IsDigit)).PadLeft(1, '0'), CultureInfo.InvariantCulture);
        return asked.Time <= 2 && seed.UniformDouble(number, (ulong)asked.Time) < share
            ? faults[seed.Below(faults.Length, number, 7 + (ulong)asked.Time)] : Fault.None;
    }
}
