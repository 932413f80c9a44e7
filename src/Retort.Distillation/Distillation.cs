using Retort.Checkpoints;
using Retort.Data;
using Retort.Evaluation;
using Retort.Recipes;
using Retort.Runs;
using Retort.Sources;
using Retort.Tensors.Devices.Cpu;

namespace Retort;

/// <summary>
/// START HERE. The path from a teacher to a student: label → train → eval → export. Each stage reads and writes files of the run
/// folder, so any of them can be run again, inspected, or replaced by another tool. What a stage does depends on what is learnt:
/// <see cref="ExampleStages"/> of examples of numbers, <see cref="LanguageStages"/> of texts.
/// </summary>
public sealed class Distillation : IDisposable
{
    private readonly RunFolder _run;
    private readonly CpuDevice _device;
    private readonly EventLog _events;
    private readonly RunRecord _record;
    private readonly IStages _stages;

    private Distillation(Recipe recipe, RunFolder run, string dataHash, Func<Workshop, IStages> stages, IProgress<StageProgress> progress,
        TimeProvider time)
    {
        _run = run;
        _device = new CpuDevice(recipe.Threads);
        _events = EventLog.Open(run.Events, time, TensorBoardWriter.Create(run.Root, time));
        _record = new RunRecord(recipe, run, dataHash, _device, time);
        _stages = stages(new Workshop(recipe, run, _device, _events, progress, time, _record));
    }

    /// <summary>What the user should know, in the order it was found; what an earlier process found is in it.</summary>
    public IReadOnlyList<string> Warnings => _record.Warnings;

    /// <summary>Reads the data and takes the run folder; a second living run in it is refused.</summary>
    public static Distillation Open(Recipe recipe, string recipeFolder, string outputFolder, bool resume, IProgress<StageProgress> progress,
        TimeProvider time)
    {
        var terms = TeacherTerms.Of(recipe, recipeFolder); // before anything is read or done
        var path = OpenData(recipe, recipeFolder, outputFolder, resume, progress, time);
        path._record.Terms = terms;
        return path;
    }

    private static Distillation OpenData(Recipe recipe, string recipeFolder, string outputFolder, bool resume,
        IProgress<StageProgress> progress, TimeProvider time)
    {
        if (recipe.Data.IsLanguage)
        {
            var texts = TextDataReader.Read(recipe.Data, recipeFolder, LanguageStages.GivenTokenizer(recipe, recipeFolder), recipe.Seed);
            return Open(recipe, outputFolder, resume, texts.Hash, shop => LanguageStages.Of(shop, texts, recipeFolder), _ => { }, progress,
                time);
        }
        var data = DatasetReader.Read(recipe.Data, recipeFolder, recipe.Seed, ExampleStages.TokenizerOf(recipe));
        recipe = recipe.For(data);
        return Open(recipe, outputFolder, resume, data.Hash,
            shop => recipe.Teacher.OnlySpeaks ? new AskedStages(shop, data) : new ExampleStages(shop, data),
            run => ObjectiveCheck.Check(recipe, data, i => run.TeacherFolder(recipe.Teacher.Members, i),
                learnt: ModelCheckpoint.Exists(run.Baseline)), progress, time);
    }

    private static Distillation Open(Recipe recipe, string outputFolder, bool resume, string dataHash, Func<Workshop, IStages> stages,
        Action<RunFolder> check, IProgress<StageProgress> progress, TimeProvider time)
    {
        var run = RunFolder.Open(outputFolder, resume);
        try
        {
            run.Folder(run.Checkpoints);
            check(run);
            RunRecipe.Keep(run, recipe);
            return new Distillation(recipe, run, dataHash, stages, progress, time);
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>The whole path; a stage that an earlier run finished is not done again.</summary>
    public EvaluationOutcome Run(CancellationToken cancellation)
    {
        Label(cancellation);
        Train(cancellation);
        var result = Eval(cancellation);
        Export(cancellation);
        return result;
    }

    /// <summary>Trains the teachers that are not there yet, checks them, stores their answers; a lost shard is made again.</summary>
    public void Label(CancellationToken cancellation) =>
        _record.Stage("label", () => _stages.Label(cancellation), _stages.LabelsAreWhole);

    /// <summary>Trains the student on the teacher's answers, and the same student without a teacher.</summary>
    public void Train(CancellationToken cancellation) => _record.Stage("train", () => _stages.Train(cancellation));

    /// <summary>Reads the test part, once, and writes eval.json, report.html and provenance.json.</summary>
    public EvaluationOutcome Eval(CancellationToken cancellation) => _record.Timed("eval", () =>
    {
        cancellation.ThrowIfCancellationRequested();
        return _stages.Eval(cancellation);
    });

    /// <summary>Writes the student in formats that other tools open.</summary>
    public void Export(CancellationToken cancellation) => _record.Stage("export", () =>
    {
        cancellation.ThrowIfCancellationRequested();
        _stages.Export();
    });

    public void Dispose()
    {
        using (_run)
        using (_device)
            _events.Dispose(); // on a full disk this throws
    }
}
