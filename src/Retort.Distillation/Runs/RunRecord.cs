using System.Diagnostics;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Terms;
using Retort.Tensors.Devices;

namespace Retort.Runs;

/// <summary>Which stages are done, what they cost, and where the results come from: kept in the run folder after every stage.</summary>
public sealed class RunRecord(Recipe recipe, RunFolder run, string dataHash, Device device, TimeProvider time)
{
    private static readonly Dictionary<string, (string Stage, string Leaves)> Earlier = new()
    {
        ["train"] = ("label", "labels/"),
        ["eval"] = ("train", "student/ and baseline/"),
        ["export"] = ("train", "student/"),
    };

    private readonly string _recipeHash = RecipeWriter.Hash(recipe);
    private Provenance? _provenance;
    private string _stage = "";

    /// <summary>What the teacher's terms say, if anybody set any: it goes with what every stage leaves behind.</summary>
    public TermsStamp? Terms { get; set; }

    /// <summary>Facts that were found on the way, for the report; they outlive a kill with the stage that found them.</summary>
    public IReadOnlyDictionary<string, string> Notes => Provenance.Notes;

    /// <summary>Warnings of all stages that were done, here or by an earlier process.</summary>
    public IReadOnlyList<string> Warnings => [.. Provenance.Warnings.Select(warning => warning.Text)];

    public Provenance Provenance => _provenance ??= Previous() ?? new Provenance
    {
        Recipe = recipe.Name,
        RecipeHash = _recipeHash,
        DataHash = dataHash,
        Seed = recipe.Seed,
        Threads = device.Threads,
        TeacherLicence = recipe.Teacher.Licence,
    };

    public void Note(string name, string text) => Provenance.Notes[name] = text;

    public void Warn(string text) => Update(provenance => provenance with { Warnings = [.. provenance.Warnings, new(_stage, text)] });

    public void Update(Func<Provenance, Provenance> change) => _provenance = change(Provenance);

    /// <summary>Does a stage unless an earlier run of this recipe finished it, and what it left behind is still whole.</summary>
    public void Stage(string name, Action work, bool whole = true)
    {
        if (whole && run.IsStageDone(name, _recipeHash)) return;
        Timed(name, () =>
        {
            work();
            Stamp(name);
            return true;
        });
        run.StageDone(name, _recipeHash);
    }

    private void Stamp(string stage)
    {
        if (Terms is not { } terms) return;
        Update(provenance => provenance with { TeacherTerms = terms.Sentence });
        var folder = stage switch { "label" => run.Labels, "train" => run.Student, _ => run.Export };
        if (Directory.Exists(folder)) run.WriteText(Path.Combine(folder, TermsStamp.FileName), terms.ToJson());
    }

    /// <summary>Does a stage whose result is wanted whether it was done before or not.</summary>
    public T Timed<T>(string name, Func<T> work)
    {
        Require(name);
        _stage = name;
        Update(provenance => provenance with { Warnings = [.. provenance.Warnings.Where(warning => warning.Stage != name)] });
        var (started, processor) = (time.GetTimestamp(), ProcessorSeconds());
        try
        {
            return work();
        }
        finally
        {
            Charge(name, time.GetElapsedTime(started).TotalSeconds, ProcessorSeconds() - processor);
        }
    }

    /// <summary>A stage whose input is not there says which command makes it.</summary>
    private void Require(string name)
    {
        if (!Earlier.TryGetValue(name, out var earlier) || run.IsStageDone(earlier.Stage, _recipeHash)) return;
        throw new RetortException(run.Root, $"holds no finished {earlier.Leaves}.", $"{name} needs what {earlier.Stage} leaves behind.",
            $"first: retort {earlier.Stage} {recipe.Name} --out {run.Root}");
    }

    private void Charge(string stage, double wall, double processor)
    {
        var before = Provenance.Cost.FirstOrDefault(cost => cost.Stage == stage) ?? new StageCost(stage, 0, 0);
        var after = new StageCost(stage, before.WallSeconds + wall, before.CpuSeconds + processor);
        Update(provenance => provenance with { Cost = [.. provenance.Cost.Where(cost => cost.Stage != stage), after] });
        run.WriteText(run.Provenance, Provenance.ToJson());
    }

    private Provenance? Previous()
    {
        if (!File.Exists(run.Provenance)) return null;
        var previous = Provenance.FromJson(File.ReadAllText(run.Provenance));
        return previous.RecipeHash == _recipeHash ? previous : null;
    }

    private static double ProcessorSeconds()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }
}
