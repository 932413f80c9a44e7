using System.CommandLine;
using Retort.Cli.Screens;

namespace Retort.Cli.Verbs;

internal static class GenerateVerb
{
    private const string Lesson = """
        Examples:
          retort generate ./stories --prompt "Once upon a time"
          retort generate student.gguf --prompt "Two plus two is" --new-tokens 20 --json
          retort generate hf:ORG/NAME --prompt "Write a haiku" --temperature 0.8 --top-p 0.95 --seed 7
          cat question.txt | retort generate ./student

        Without --prompt the text comes from standard input. The answer goes to standard output while it is written.
        --json gives the text, its ids, the log-probability of each by the model's own softmax, and what ended it.
        hf:ORG/NAME is looked for in the hub's cache on this machine (HF_HOME), else fetched. Otherwise it leaves nothing
        behind.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var options = new ModelOptions();
        var prompt = new Option<string?>("--prompt") { Description = "The text to go on from; else standard input.", HelpName = "TEXT" };
        var json = RecipeOptions.NewJson();
        var verb = new Verb("generate", "Lets a language model go on with a text.", Lesson) { prompt, json };
        options.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () =>
            {
                var decoding = options.Decoding(parsed);
                using var device = options.Device(parsed);
                using var model = options.Open(parsed, device, surroundings);
                var text = model.Tokenizer.DecodeStream();
                decoding = decoding with
                {
                    Tokens = model.Tokenizer.Size,
                    EndTokens = model.EndTokens,
                    Said = (_, token) =>
                    {
                        surroundings.Cancellation.ThrowIfCancellationRequested();
                        if (!screen.Json) surroundings.Output.Write(text.Push(token));
                    },
                };
                var tokens = model.Prompt(parsed.GetValue(prompt) ?? surroundings.Input.ReadToEnd());
                var answer = decoding.Answers(model.Model, [tokens])[0];
                if (!screen.Json) surroundings.Output.WriteLine(text.Finish());
                screen.Data(data =>
                {
                    data.WriteNumber("exitCode", ExitCode.Done);
                    data.WriteNumber("promptTokens", tokens.Length);
                    data.WriteString("text", model.Tokenizer.Decode(answer.Tokens));
                    data.WriteStartArray("tokens");
                    foreach (var token in answer.Tokens) data.WriteNumberValue(token);
                    data.WriteEndArray();
                    data.WriteStartArray("logProbabilities");
                    foreach (var value in answer.LogProbabilities) data.WriteNumberValue(value);
                    data.WriteEndArray();
                    data.WriteString("end", answer.End.ToString());
                });
                return ExitCode.Done;
            });
        });
        return verb;
    }
}
