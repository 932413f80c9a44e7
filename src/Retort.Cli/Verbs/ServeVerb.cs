using System.CommandLine;
using Retort.Cli.Screens;
using Retort.Server;
using Retort.Server.Models;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Cli.Verbs;

internal static class ServeVerb
{
    private const string Lesson = """
        Examples:
          retort serve ./student
          retort serve student.gguf --port 0 --name triage
          retort serve hf:ORG/NAME --host 0.0.0.0 --allow-host models.example --token-variable RETORT_TOKEN

        Speaks OpenAI's paths, so that its clients need another base URL only: /v1/chat/completions and /v1/completions (streams,
        log-probabilities, stop strings, seeds), /v1/embeddings, /v1/models; /v1/classify gives the classes of a classifier, which
        answers chats by its label too. /health and /metrics (Prometheus) tell how it is. Requests are computed side by side, a
        token of each in one pass. What cannot be done is refused by name; nothing is cut silently.

        Only this machine can reach it, unless --host says otherwise; then the variable that --token-variable names must hold
        what clients send as bearer token. Ctrl-C stops it. It leaves nothing behind.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var usual = new ServerOptions { Name = "usual" };
        var model = new Argument<string>("MODEL") { Description = "A language model or a classifier of texts: " + ModelOptions.ModelText };
        var port = Number("--port", "Where it listens; 0 = a free one.", usual.Port);
        var host = new Option<string>("--host")
        {
            Description = "An address of this machine.", HelpName = "ADDRESS", DefaultValueFactory = _ => usual.Host,
        };
        var name = new Option<string?>("--name") { Description = "What clients call the model (default: its folder or file).", HelpName = "NAME" };
        var token = new Option<string?>("--token-variable")
        {
            Description = "The environment variable that holds the token which clients must send.", HelpName = "NAME",
        };
        var hosts = new Option<string[]>("--allow-host")
        {
            Description = "A name of this server beside localhost. May be repeated.", HelpName = "NAME", DefaultValueFactory = _ => [],
        };
        var parallel = Number("--parallel", "Answers side by side.", usual.Parallel);
        var queue = Number("--queue", "Answers that may wait; more are refused with 429.", usual.Queue);
        var newTokens = Number("--new-tokens", "Most tokens of an answer to a chat that does not say.", usual.NewTokens);
        var limit = Number("--time-limit", "Seconds for one request.", (int)usual.TimeLimit.TotalSeconds);
        var seed = new Option<ulong>("--seed") { Description = "Of draws that bring none.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var threads = new Option<int>("--threads") { Description = "Threads that compute (default: one a processor).", HelpName = "N" };
        var verb = new Verb("serve", "Answers over HTTP as OpenAI's interface does, from a model on this machine.", Lesson)
        {
            model, port, host, name, token, hosts, parallel, queue, newTokens, limit, seed, threads,
        };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, json: false);
            return Failure.Guard(surroundings, screen, () =>
            {
                var given = parsed.GetValue(model)!;
                var options = new ServerOptions
                {
                    Name = parsed.GetValue(name) ?? NameOf(given), Host = parsed.GetValue(host)!, Port = parsed.GetValue(port),
                    Token = Token(parsed.GetValue(token)), AllowedHosts = parsed.GetValue(hosts)!, Parallel = parsed.GetValue(parallel),
                    Queue = parsed.GetValue(queue), NewTokens = parsed.GetValue(newTokens), Seed = new Seed(parsed.GetValue(seed)),
                    TimeLimit = TimeSpan.FromSeconds(parsed.GetValue(limit)),
                };
                using var device = new CpuDevice(parsed.GetValue(threads));
                using var served = ServedModel.Open(ModelOptions.Local(given, surroundings), device);
                ServeAsync(screen, served, options, surroundings).GetAwaiter().GetResult();
                return ExitCode.Done;
            });
        });
        return verb;
    }

    /// <summary>Until Ctrl-C, which is how a server ends well.</summary>
    private static async Task ServeAsync(Screen screen, ServedModel served, ServerOptions options, Surroundings surroundings)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stopping = surroundings.Cancellation.Register(() => stopped.TrySetResult());
        await using var server = await ModelServer.StartAsync(served, options, surroundings.Time, surroundings.Cancellation);
        screen.Say($"{options.Name}, a {served.Kind} that sees {served.Context} tokens, answers at {server.Url}v1");
        var authorised = options.Token is null ? "" : " -H \"Authorization: Bearer $TOKEN\"";
        screen.Say($"  curl {server.Url}v1/chat/completions{authorised} -H 'Content-Type: application/json' \\");
        screen.Say($"    -d '{{\"model\": \"{options.Name}\", \"messages\": [{{\"role\": \"user\", \"content\": \"Hello\"}}]}}'");
        screen.Say("Ctrl-C stops it.");
        await stopped.Task;
    }

    private static string? Token(string? variable)
    {
        if (variable is null) return null;
        return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } token ? token
            : throw new RetortException("--token-variable", $"the environment variable '{variable}' is not set.", "the token in it.",
                $"for instance: {variable}=$(openssl rand -hex 32) retort serve …");
    }

    /// <summary>The last part of a path, or a hub's ORG/NAME.</summary>
    private static string NameOf(string model)
    {
        if (model.StartsWith("hf:", StringComparison.Ordinal)) return model["hf:".Length..];
        var last = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(model)));
        return last.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? Path.GetFileNameWithoutExtension(last) : last;
    }

    private static Option<int> Number(string name, string text, int usual) =>
        new(name) { Description = text, HelpName = "N", DefaultValueFactory = _ => usual };
}
