using System.Net.Http.Headers;
using Retort.Tensors;

namespace Retort.Teachers.Chat;

/// <summary>
/// The wire: one request, one reply, no memory. The key is read from the environment with each request and is in the request's header
/// alone; a reply that repeats it comes without it.
/// </summary>
public sealed class HttpChatTeacher : IChatTeacher, IDisposable
{
    private const int LargestReply = 64 << 20;
    private static readonly TimeSpan UsualSilence = TimeSpan.FromMinutes(3);

    private readonly ChatEndpoint _endpoint;
    private readonly HttpClient _client;
    private readonly Func<string, string?> _environment;
    private readonly TimeProvider _time;

    /// <param name="endpoint">Whom to ask.</param>
    /// <param name="environment">Gives an environment variable's value, or null.</param>
    /// <param name="time">For limits of waiting.</param>
    /// <exception cref="RetortException">The variable of the key is empty or holds no key.</exception>
    public HttpChatTeacher(ChatEndpoint endpoint, Func<string, string?> environment, TimeProvider time)
        : this(endpoint, environment, time, EndpointConnection.Open())
    {
    }

    internal HttpChatTeacher(ChatEndpoint endpoint, Func<string, string?> environment, TimeProvider time, HttpMessageHandler handler)
    {
        (_endpoint, _environment, _time) = (endpoint, environment, time);
        _ = Key();
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("retort");
    }

    public string Identity => _endpoint.Identity;

    /// <summary>Ask for answers in pieces: a stall shows at once, and so does a cut.</summary>
    public bool Streams { get; init; }

    /// <summary>How long the service may say nothing: before a whole reply, or between two pieces of one.</summary>
    public TimeSpan LongestSilence { get; init; } = UsualSilence;

    /// <summary>Take answers of another model than was asked for.</summary>
    public bool AnyModel { get; init; }

    public async Task<ChatReply> AskAsync(ChatRequest request, CancellationToken cancellation)
    {
        var secret = Key();
        var started = _time.GetTimestamp();
        using var silence = new CancellationTokenSource(LongestSilence, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token);
        try
        {
            using var message = Message(request, secret);
            using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token)
                .ConfigureAwait(false);
            using var content = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw ChatStatus.Of(response, await WholeAsync(content, either.Token).ConfigureAwait(false), _endpoint, secret,
                    _time.GetUtcNow());
            var reply = response.Content.Headers.ContentType?.MediaType == "text/event-stream"
                ? await ChatStreamReader.ReadAsync(content, () => silence.CancelAfter(LongestSilence), either.Token).ConfigureAwait(false)
                : ChatReplyReader.Read(await WholeAsync(content, either.Token).ConfigureAwait(false));
            Check(reply);
            return Clean(reply, secret) with { Limits = Limits(response.Headers), Took = _time.GetElapsedTime(started) };
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new ChatTroubleException(ChatTrouble.TimedOut, $"nothing came for {LongestSilence.TotalSeconds:0.###} s.",
                mayBeBilled: true, inner: error);
        }
        catch (HttpRequestException error) when (error.InnerException is RetortException refusal)
        {
            throw new RetortException(refusal.Location, refusal.What, refusal.Expected, refusal.Remedy, error);
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.ConnectionError
            or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError)
        {
            throw new ChatTroubleException(ChatTrouble.Unreachable, $"the endpoint cannot be reached: {error.Message}", inner: error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new ChatTroubleException(ChatTrouble.Cut, $"the connection broke off: {error.Message}", mayBeBilled: true, inner: error);
        }
        catch (ChatTroubleException trouble) when (secret is not null && secret.Redact(trouble.Message) != trouble.Message)
        {
            throw new ChatTroubleException(trouble.Kind, secret.Redact(trouble.Message), trouble.RetryAfter, trouble.Usage,
                trouble.MayBeBilled);
        }
    }

    public void Dispose() => _client.Dispose();

    private Secret? Key() => _endpoint.KeyVariable is { } name ? Secret.OfEnvironment(name, _environment) : null;

    private HttpRequestMessage Message(ChatRequest request, Secret? secret)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, _endpoint.Completions)
        {
            Content = new ByteArrayContent(ChatRequestWriter.Write(request, _endpoint.Model, _endpoint.LimitField, Streams)),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        message.Headers.TryAddWithoutValidation("Idempotency-Key", RequestKey.Of(Identity, request));
        if (secret is not null && _endpoint.IsAzure) message.Headers.TryAddWithoutValidation("api-key", secret.Reveal());
        else if (secret is not null) message.Headers.TryAddWithoutValidation("Authorization", "Bearer " + secret.Reveal());
        return message;
    }

    private static async Task<ReadOnlyMemory<byte>> WholeAsync(Stream content, CancellationToken cancellation)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = await content.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
        {
            whole.Write(buffer, 0, read);
            if (whole.Length > LargestReply)
                throw new ChatTroubleException(ChatTrouble.Malformed, $"the reply is longer than {LargestReply >> 20} MB.", mayBeBilled: true);
        }
        return whole.ToArray();
    }

    /// <summary>Whole and well-formed, but of no use.</summary>
    private void Check(ChatReply reply)
    {
        if (!AnyModel && reply.Model is { Length: > 0 } model && !ModelName.IsSame(_endpoint.Model, model))
            throw new ChatTroubleException(ChatTrouble.WrongModel, $"'{_endpoint.Model}' was asked and '{model}' answered.",
                usage: reply.Usage, mayBeBilled: true);
        if (reply.Answers.All(answer => answer is { Text: "", Refusal: null } && answer.Finish is FinishReason.Stop or FinishReason.Unknown))
            throw new ChatTroubleException(ChatTrouble.Empty, "the answer is empty.", usage: reply.Usage, mayBeBilled: true);
    }

    private static ChatReply Clean(ChatReply reply, Secret? secret) => secret is null ? reply : reply with
    {
        Model = reply.Model is { } model ? secret.Redact(model) : null,
        Answers = [.. reply.Answers.Select(answer => answer with
        {
            Text = secret.Redact(answer.Text),
            Reasoning = answer.Reasoning is { } reasoning ? secret.Redact(reasoning) : null,
            Refusal = answer.Refusal is { } refusal ? secret.Redact(refusal) : null,
        })],
    };

    private static RateLimits? Limits(HttpResponseHeaders headers)
    {
        var requests = RetryAfter.Number(headers, "x-ratelimit-limit-requests");
        var tokens = RetryAfter.Number(headers, "x-ratelimit-limit-tokens");
        return requests is > 0 || tokens is > 0 ? new RateLimits(requests is > 0 ? requests : null, tokens is > 0 ? tokens : null) : null;
    }
}
