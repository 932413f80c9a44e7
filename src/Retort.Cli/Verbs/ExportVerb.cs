using System.CommandLine;
using System.Text.Json;
using Retort.Cli.Screens;
using Retort.Export;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Cli.Verbs;

internal static class ExportVerb
{
    private const string Lesson = """
        Examples:
          retort export digits --out runs/digits
          retort export ./student --format onnx --out ./student-onnx
          retort export hf:ORG/NAME --format gguf:q8_0 --format gguf:q4_K_M --out ./files
          retort export model-f16.gguf --format gguf:q4_0 --out ./files

        With a recipe: needs student/ in the run folder (retort train), and leaves behind export/ with the formats that the
        recipe names: safetensors and ONNX (ONNX Runtime, browsers, phones).

        With --format: exports a model of texts, and leaves its files behind in --out.
          hf               config.json, model.safetensors, tokenizer: transformers, candle, vLLM, and retort itself
          onnx             onnx/model.onnx beside config.json and tokenizer.json, as transformers.js loads it; a language model
                           takes and gives back its keys and values
          gguf:PRECISION   NAME-PRECISION.gguf for llama.cpp: {PRECISIONS}

        Every file is read back and asked about a few texts; what it answered is printed, and a file that answers
        otherwise than the model is an error (exit 1).
        """;

    public static Command Build(Surroundings surroundings)
    {
        var options = new RecipeOptions(goesOn: true);
        var formats = new Option<string[]>("--format")
        {
            Description = $"Exports a model instead: {ExportFormat.Known}. May be repeated.", HelpName = "FORMAT",
            Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = true,
        };
        var verb = new Verb("export", "Writes a student or a model as files that other tools open, and asks them the same questions.",
            Lesson.Replace("{PRECISIONS}", string.Join(", ", GgufPrecision.All.Select(known => known.Name)), StringComparison.Ordinal));
        options.AddTo(verb);
        options.Recipe.Description = "A recipe (a file, or the name of a shipped one); with --format a model: " + ModelOptions.ModelText;
        options.Out.Description = "The run folder (default: runs/NAME); with --format the folder of the exports.";
        verb.Add(formats);
        var work = new Work(surroundings, options, verb.Name);
        verb.SetAction(parsed => parsed.GetValue(formats) is { Length: > 0 } names
            ? Export(surroundings, options, parsed, names)
            : IsModel(surroundings, options, parsed, work));
        return verb;
    }

    /// <summary>A model without --format is no recipe with a mistake in it.</summary>
    private static int IsModel(Surroundings surroundings, RecipeOptions options, ParseResult parsed, Work work)
    {
        var name = parsed.GetValue(options.Recipe)!;
        if (ModelExport.IsModel(name))
            return Failure.Guard(surroundings, new Screen(surroundings, parsed.GetValue(options.Json)), () => throw new RetortException(
                name, "is a model, and no --format was named.", $"one or more of: {ExportFormat.Known}.",
                "for instance: --format onnx --out DIR"));
        return work.Run(parsed, (path, cancellation) =>
        {
            path.Export(cancellation);
            return null;
        });
    }

    private static int Export(Surroundings surroundings, RecipeOptions options, ParseResult parsed, string[] names)
    {
        var screen = new Screen(surroundings, parsed.GetValue(options.Json));
        return Failure.Guard(surroundings, screen, () =>
        {
            var formats = names.Select(name => ExportFormat.Parse(name, "--format")).Distinct().ToList();
            var folder = parsed.GetValue(options.Out) ?? throw new RetortException("--out", "is missing.", "the folder of the exports.",
                "for instance: --out ./files");
            if (parsed.GetValue(options.Set) is { Length: > 0 })
                throw new RetortException("--set", "changes a recipe, and a model is exported here.", remedy: "leave it out.");
            var model = ModelOptions.Local(parsed.GetValue(options.Recipe)!, surroundings);
            using var device = new CpuDevice(0);
            var answers = ModelExport.Write(model, folder, formats, device);
            foreach (var answer in answers) screen.Say(answer.ToString());
            screen.Say($"export   {folder}");
            screen.Data(json =>
            {
                json.WriteNumber("exitCode", ExitCode.Done);
                json.WriteString("out", folder);
                json.WriteStartArray("readBack");
                foreach (var answer in answers) Write(json, answer);
                json.WriteEndArray();
            });
            return ExitCode.Done;
        });
    }

    private static void Write(Utf8JsonWriter json, RoundTrip answer)
    {
        json.WriteStartObject();
        json.WriteString("format", answer.Format);
        json.WriteNumber("answers", answer.Answers);
        json.WriteNumber("klFromModel", answer.Divergence);
        json.WriteNumber("lost", answer.Lost);
        json.WriteNumber("sameLikeliest", answer.SameLikeliest);
        json.WriteNumber("difference", answer.Difference);
        json.WriteEndObject();
    }
}
