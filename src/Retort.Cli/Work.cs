using System.CommandLine;
using Retort.Cli.Screens;
using Retort.Evaluation;
using Retort.Recipes;

namespace Retort.Cli;

/// <summary>What run and the four stages have in common: announce, work with progress, show what came out.</summary>
internal sealed class Work(Surroundings surroundings, RecipeOptions options, string verb)
{
    /// <summary>Runs the stages of this verb; they return a result where they evaluate.</summary>
    public int Run(ParseResult parsed, Func<IPath, CancellationToken, EvaluationOutcome?> stages)
    {
        var screen = new Screen(surroundings, parsed.GetValue(options.Json));
        var argument = parsed.GetValue(options.Recipe)!;
        var overrides = parsed.GetValue(options.Set) ?? [];
        var folder = parsed.GetValue(options.Out) ?? "";
        return Failure.Guard(surroundings, screen, () =>
        {
            var source = RecipeSource.Read(surroundings.Library, argument, overrides);
            folder = folder.Length > 0 ? folder : Path.Combine("runs", source.Recipe.Name);
            Announce(screen, source, folder);
            return Failure.Guard(surroundings, screen, () =>
                Walk(screen, source, folder, options.GoesOn || parsed.GetValue(options.Resume), stages), folder,
                $"retort {verb} {argument} --out {folder}{string.Concat(overrides.Select(entry => $" --set {entry}"))}{(options.GoesOn ? "" : " --resume")}");
        });
    }

    private int Walk(Screen screen, RecipeSource source, string folder, bool resume,
        Func<IPath, CancellationToken, EvaluationOutcome?> stages)
    {
        var (result, warnings) = ProgressBars.Around(screen, surroundings.Time, progress =>
        {
            using var path = surroundings.Library.Open(source.Recipe, source.Folder, folder, resume, progress, surroundings.Time);
            var outcome = stages(path, surroundings.Cancellation);
            return (outcome, path.Warnings.Except(source.Warnings).ToList());
        });
        foreach (var warning in warnings)
            screen.Say($"warning: {warning}");
        if (result is not null)
            VerdictScreen.Show(screen, result);
        var files = Files(folder);
        screen.Say();
        foreach (var (name, file) in files)
            screen.Say($"{name,-8} {file}");

        var demands = result is not null && source.Recipe.Gate is { } gate ? GateCheck.Failures(result, ToGate(gate)) : [];
        foreach (var demand in demands)
            surroundings.Error.WriteLine($"gate: {demand}");
        var code = demands.Count > 0 ? ExitCode.GateClosed : ExitCode.Done;
        screen.Data(json =>
        {
            json.WriteNumber("exitCode", code);
            json.WriteString("verb", verb);
            json.WriteString("recipe", source.Recipe.Name);
            json.WriteString("out", folder);
            json.WriteString("objective", surroundings.Library.Formula(source.Recipe));
            json.WriteStrings("warnings", source.Warnings.Concat(warnings));
            json.WriteStrings("gate", demands);
            json.WriteStartObject("files");
            foreach (var (name, file) in files)
                json.WriteString(name, file);
            json.WriteEndObject();
            if (result is null)
                return;
            json.WritePropertyName("evaluation");
            json.WriteRawValue(EvaluationJson.Write(result));
        });
        return code;
    }

    private void Announce(Screen screen, RecipeSource source, string folder)
    {
        screen.Say($"recipe     {source.Recipe.Name}{(source.Recipe.Description.Length > 0 ? $": {source.Recipe.Description}" : "")}");
        screen.Say($"folder     {folder}");
        screen.Say($"objective  {surroundings.Library.Formula(source.Recipe).Replace("\n", "\n           ", StringComparison.Ordinal)}");
        foreach (var warning in source.Warnings)
            screen.Say($"warning: {warning}");
        screen.Say();
    }

    private static List<(string Name, string File)> Files(string folder)
    {
        (string Name, string Part)[] parts =
            [("labels", "labels"), ("teacher", "teacher"), ("student", "student"), ("baseline", "baseline"), ("eval", "eval.json"),
                ("report", "report.html"), ("export", "export")];
        return parts.Select(part => (part.Name, File: Path.Combine(folder, part.Part))).Where(part => Path.Exists(part.File)).ToList();
    }

    private static Gate ToGate(GateRecipe gate)
        => new(gate.MinKept, gate.MinAgreement, gate.MaxEceAboveTeacher, gate.MaxLatencyP95Ms, gate.MaxBytes, gate.MinGain);
}
