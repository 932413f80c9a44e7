using System.CommandLine;
using Retort.Checkpoints;
using Retort.Cli.Screens;
using Retort.Merging;

namespace Retort.Cli.Verbs;

internal static class MergeVerb
{
    private const string Lesson = """
        Examples:
          retort merge ./cooking ./sewing --out ./both
          retort merge ./cooking ./sewing --method slerp --weights 0.7,0.3 --out ./both
          retort merge ./cooking ./sewing --method ties --base ./base --density 0.2 --out ./both
          retort merge ./rude --method task-arithmetic --base ./base --weights -0.5 --out ./polite

        linear            the mean of the weights, by shares
        slerp             two models, along the arc between them
        task-arithmetic   the base, and of each model its difference from it, times its weight
        ties              the base, and the mean of the largest differences that agree in sign

        Models are folders in the Hugging Face layout, or hf:ORG/NAME, with tensors of the same names and shapes.
        It leaves behind the folder OUT, with config, tokenizer and types of tensors as the first model has them.
        It holds one shard of at most 5 GB in memory, and the tensor at hand of every model.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var models = new Argument<string[]>("MODELS") { Description = "Their folders.", Arity = ArgumentArity.OneOrMore };
        var method = new Option<string>("--method")
        {
            Description = $"{string.Join(", ", MergeOptions.Methods)}.", HelpName = "NAME",
            DefaultValueFactory = _ => MergeOptions.Methods[0],
        };
        var start = new Option<string?>("--base") { Description = "What all of them began as.", HelpName = "MODEL" };
        var weights = new Option<string?>("--weights") { Description = "One a model (default: equal ones).", HelpName = "N,N,…" };
        var density = new Option<double?>("--density")
        {
            Description = "ties: share of each difference that stays (default: 0.2).", HelpName = "D",
        };
        var scale = new Option<double?>("--scale") { Description = "ties: of what is added (default: 1).", HelpName = "X" };
        var output = new Option<string>("--out") { Description = "The folder to write, new or empty.", HelpName = "DIR", Required = true };
        var json = RecipeOptions.NewJson();
        var verb = new Verb("merge", "Merges models of one shape into one, without training.", Lesson)
        {
            models, method, start, weights, density, scale, output, json,
        };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () => Merge(surroundings, screen, parsed.GetValue(models)!, parsed.GetValue(start),
                new MergeOptions(parsed.GetValue(method)!)
                {
                    Weights = NumberList.Read("--weights", parsed.GetValue(weights), []),
                    Density = parsed.GetValue(density), Scale = parsed.GetValue(scale),
                }, parsed.GetValue(output)!));
        });
        return verb;
    }

    private static int Merge(Surroundings surroundings, Screen screen, string[] models, string? start, MergeOptions options, string output)
    {
        var method = options.Create(models.Length);
        using var merge = new CheckpointMerge([.. models.Select(name => ModelOptions.Local(name, surroundings))],
            start is null ? null : ModelOptions.Local(start, surroundings), method);
        merge.Write(output, _ => surroundings.Cancellation.ThrowIfCancellationRequested());
        screen.Say($"wrote {output}: {merge.Tensors} tensors of {models.Length} models, {options.Method}; try: retort generate {output}");
        screen.Data(data =>
        {
            data.WriteNumber("exitCode", ExitCode.Done);
            data.WriteString("out", output);
            data.WriteString("method", options.Method);
            data.WriteNumber("models", models.Length);
            data.WriteNumber("tensors", merge.Tensors);
        });
        return ExitCode.Done;
    }
}
