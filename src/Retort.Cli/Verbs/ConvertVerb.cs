using System.CommandLine;
using System.Text.Json;
using Retort.Cli.Screens;
using Retort.Recipes.Conversion;
using Retort.Tensors;

namespace Retort.Cli.Verbs;

internal static class ConvertVerb
{
    private const string Lesson = """
        Examples:
          retort convert gkd.yaml --out student.yaml
          retort convert axolotl.yml
          retort convert arguments.json --from trl-gkd --json

        Reads the distillation recipe of another tool ({TOOLS}), and writes
        ours. It says every key that is called otherwise here, every word that means something else here (beta, lmbda,
        temperature, alpha, a missing T²), and every key that has no place here; the recipe's head says the last two again.
        With --out it leaves behind the recipe; else the recipe goes to standard output, what it says to standard error,
        and it leaves nothing behind.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var file = new Argument<string>("FILE") { Description = "YAML, or arguments as JSON." };
        var from = new Option<string?>("--from")
        {
            Description = $"Whose it is, where its keys do not say so: {string.Join(", ", RecipeConversion.Names)}.", HelpName = "TOOL",
        };
        var target = new Option<string?>("--out")
        {
            Description = "Where to write the recipe (default: standard output).", HelpName = "FILE",
        };
        var json = RecipeOptions.NewJson();
        var lesson = Lesson.Replace("{TOOLS}", string.Join(", ", RecipeConversion.Names), StringComparison.Ordinal);
        var verb = new Verb("convert", "Turns another tool's distillation recipe into ours, and says what means something else.", lesson)
        {
            file, from, target, json,
        };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () =>
            {
                var path = parsed.GetValue(file)!;
                if (!File.Exists(path)) throw new RetortException(path, "there is no such file.", "another tool's recipe: YAML or JSON.");
                var conversion = RecipeConversion.Convert(File.ReadAllText(path), Path.GetFileName(path), parsed.GetValue(from));
                if (parsed.GetValue(target) is { } written)
                {
                    Write(written, conversion.Recipe);
                    Tell(screen.Say, conversion);
                    screen.Say($"wrote {written}; try: retort check {written}");
                }
                else if (!screen.Json)
                {
                    Tell(surroundings.Error.WriteLine, conversion);
                    surroundings.Output.Write(conversion.Recipe);
                }
                screen.Data(data => Data(data, conversion));
                return ExitCode.Done;
            });
        });
        return verb;
    }

    private static void Write(string path, string text)
    {
        if (Path.Exists(path))
            throw new RetortException(path, "is there already.", "expected a name that is free.", "choose another: --out FILE");
        using var stream = new FileStream(path, FileMode.CreateNew);
        using var writer = new StreamWriter(stream);
        writer.Write(text);
    }

    private static void Tell(Action<string> say, Conversion conversion)
    {
        say($"a recipe of {conversion.Tool}");
        foreach (var key in conversion.Keys)
            say($"  {key.From} = {key.Value}{(key.IsDefault ? " (its default)" : "")} → {key.To}");
        foreach (var meaning in conversion.Meanings) say($"means: {meaning}");
        foreach (var key in conversion.NotConverted) say($"not converted: {key}");
    }

    private static void Data(Utf8JsonWriter json, Conversion conversion)
    {
        json.WriteNumber("exitCode", ExitCode.Done);
        json.WriteString("tool", conversion.Tool);
        json.WriteString("recipe", conversion.Recipe);
        json.WriteStartArray("keys");
        foreach (var key in conversion.Keys)
        {
            json.WriteStartObject();
            json.WriteString("from", key.From);
            json.WriteString("value", key.Value);
            json.WriteString("to", key.To);
            json.WriteBoolean("default", key.IsDefault);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStrings("meanings", conversion.Meanings);
        json.WriteStrings("notConverted", conversion.NotConverted);
    }
}
