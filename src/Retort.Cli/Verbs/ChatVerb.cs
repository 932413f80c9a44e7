using System.CommandLine;
using Retort.Checkpoints;
using Retort.Cli.Screens;
using Retort.Nn.Generation;

namespace Retort.Cli.Verbs;

internal static class ChatVerb
{
    private const string Lesson = """
        Examples:
          retort chat ./student
          retort chat student.gguf --system "Answer in one word." --temperature 0.7
          printf 'Hello\nAnd you?\n' | retort chat ./student

        Each line is said to the model, which answers with its own chat template and remembers the conversation. /clear
        begins a new one, /exit or the end of the input ends it. A conversation longer than the model's context is an
        error, never cut silently. It leaves nothing behind.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var options = new ModelOptions();
        var system = new Option<string?>("--system") { Description = "What the model is told before the conversation.", HelpName = "TEXT" };
        var verb = new Verb("chat", "A conversation with a language model, in the terminal.", Lesson) { system };
        options.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, json: false);
            return Failure.Guard(surroundings, screen, () =>
            {
                var decoding = options.Decoding(parsed);
                using var device = options.Device(parsed);
                using var model = options.Open(parsed, device, surroundings);
                List<(string, string)> start = parsed.GetValue(system) is { } told ? [("system", told)] : [];
                _ = model.Prompt([.. start, ("user", "Hello")], surroundings.Time); // refuses before anything is asked
                var messages = start.ToList();
                while (Ask(screen, surroundings) is { } line)
                {
                    if (line == "/clear") messages = [.. start];
                    if (line is "/clear" or "") continue;
                    messages.Add(("user", line));
                    messages.Add(("assistant", Answer(surroundings, model, decoding, messages)));
                }
                return ExitCode.Done;
            });
        });
        return verb;
    }

    private static string Answer(Surroundings surroundings, LanguageModel model, Decoding decoding,
        IReadOnlyList<(string, string)> messages)
    {
        var text = model.Tokenizer.DecodeStream();
        decoding = decoding with
        {
            Tokens = model.Tokenizer.Size,
            EndTokens = model.EndTokens,
            Said = (_, token) =>
            {
                surroundings.Cancellation.ThrowIfCancellationRequested();
                surroundings.Output.Write(text.Push(token));
            },
        };
        var answer = decoding.Answers(model.Model, [model.Prompt(messages, surroundings.Time)])[0];
        surroundings.Output.WriteLine(text.Finish());
        return model.Tokenizer.Decode(answer.Tokens);
    }

    /// <returns>Null at the end.</returns>
    private static string? Ask(Screen screen, Surroundings surroundings)
    {
        if (screen.IsTerminal) surroundings.Output.Write("> ");
        // a terminal's line cannot be given up, so another thread waits for it
        var line = Task.Run(surroundings.Input.ReadLine).WaitAsync(surroundings.Cancellation).GetAwaiter().GetResult()?.Trim();
        surroundings.Cancellation.ThrowIfCancellationRequested();
        return line is "/exit" ? null : line;
    }
}
