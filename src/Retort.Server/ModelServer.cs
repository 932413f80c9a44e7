using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Retort.Server.Endpoints;
using Retort.Server.Models;
using Retort.Tensors;

namespace Retort.Server;

/// <summary>One model behind OpenAI's paths, for clients on this machine unless the options say otherwise.</summary>
public sealed class ModelServer : IAsyncDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly WebApplication _application;
    private readonly Service _service;

    private ModelServer(WebApplication application, Service service, Uri url) =>
        (_application, _service, Url) = (application, service, url);

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <param name="model">Stays its opener's, and may be disposed of after the server only.</param>
    /// <param name="options">Where and how.</param>
    /// <param name="time">For durations and dates.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RetortException">
    /// A setting makes no sense, the port is taken, or others could reach a server that asks for no token.
    /// </exception>
    public static async Task<ModelServer> StartAsync(ServedModel model, ServerOptions options, TimeProvider time,
        CancellationToken cancellation = default)
    {
        options.Check();
        var address = Address(options);
        var service = new Service(model, options, time);
        var application = Build(service, new Access(options), address);
        try
        {
            await application.StartAsync(cancellation);
            var urls = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
            return new ModelServer(application, service, new Uri(urls.First()));
        }
        catch (Exception error)
        {
            await application.DisposeAsync();
            service.Dispose();
            if (error is IOException or System.Net.Sockets.SocketException)
                throw new RetortException("--port", $"{options.Host}:{options.Port} cannot be listened at: {error.Message}",
                    "an address of this machine, and a port that nobody uses.", "choose another --port, or 0 for one that is free.", error);
            throw;
        }
    }

    private static IPAddress Address(ServerOptions options)
    {
        var address = options.Host == "localhost" ? IPAddress.Loopback
            : IPAddress.TryParse(options.Host.Trim('[', ']'), out var given) ? given
            : throw new RetortException("--host", $"'{options.Host}' is no address.", "an IP address of this machine, or localhost.");
        return IPAddress.IsLoopback(address) || options.Token is not null ? address
            : throw new RetortException("--host", $"{options.Host} can be reached by others, and no token is asked for.",
                "a token for everything but this machine's own address.", "name a variable that holds one: --token-variable NAME.");
    }

    /// <summary>Nothing is taken from the environment or from files, and nothing is logged.</summary>
    private static WebApplication Build(Service service, Access access, IPAddress address)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 4 * ServerOptions.BodyBytes; // read away, so that a client hears why it is refused
            kestrel.Limits.MaxConcurrentConnections = 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
            kestrel.Listen(address, service.Options.Port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        var application = builder.Build();
        var refusals = new Refusals(service, access);
        application.Use(next => context => refusals.AroundAsync(context, next));
        application.UseRouting();
        Map(application, service);
        application.UseEndpoints(_ => { });
        return application;
    }

    private static void Map(WebApplication application, Service service)
    {
        void Get(string path, RequestDelegate answer, string? name = null) =>
            application.MapGet(path, answer).WithDisplayName(name ?? path); // under which it is counted
        void Post(string path, RequestDelegate answer) => application.MapPost(path, answer).WithDisplayName(path);
        var (models, watching) = (new ModelList(service), new Watching(service));
        Post("/v1/chat/completions", new ChatCompletions(service).AnswerAsync);
        Post("/v1/completions", new Completions(service).AnswerAsync);
        Post("/v1/embeddings", new Embeddings(service).AnswerAsync);
        Post("/v1/classify", new Classes(service).AnswerAsync);
        Get("/v1/models", models.AllAsync);
        Get("/v1/models/{**id}", models.OneAsync, "/v1/models/NAME");
        Get("/health", watching.HealthAsync);
        Get("/metrics", watching.MetricsAsync);
    }

    /// <summary>Takes no more requests, tells those that wait, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        using var late = new CancellationTokenSource(Farewell);
        _service.Dispose(); // answers end with a sentence; then their connections can be closed
        await _application.StopAsync(late.Token);
        await _application.DisposeAsync();
    }

    /// <summary>Ctrl-C belongs to whoever started the server.</summary>
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
