using System.Globalization;
using Retort.Checkpoints;
using Retort.Data;
using Retort.Labels;
using Retort.Recipes;
using Retort.Runs;
using Retort.Sources;
using Retort.Students;
using Retort.Teachers;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Training;

namespace Retort.Tracks;

/// <summary>
/// One data set, one seed, one folder: fits models by name, labels once, counts errors. A finished model is not fitted again.
/// </summary>
internal sealed class Workbench : IDisposable
{
    private readonly string _folder;
    private readonly ulong _seed;
    private readonly EventLog _events;
    private readonly Fitting _fitting;
    private LabelReader? _labels;

    public Workbench(string folder, DataSplits data, ulong seed)
    {
        (_folder, Data, _seed) = (folder, data, seed);
        Directory.CreateDirectory(folder);
        Device = new CpuDevice();
        _events = EventLog.Open(Path.Combine(folder, "events.jsonl"), TimeProvider.System);
        _fitting = new Fitting(Device, data, _events, new Progress<StageProgress>());
    }

    public DataSplits Data { get; }
    public CpuDevice Device { get; }

    /// <param name="validation">Held-out rows; 0 = none: nothing is chosen, and the log shows the loss on a thousand training rows.</param>
    public static DataSplits Mnist(int validation)
    {
        var splits = DatasetReader.Read(new DataRecipe { Source = "idx", Path = "mnist", Validation = validation }, ".", 1);
        return validation > 0 ? splits : splits with { Validation = DatasetReader.Choose(splits.Train, [.. Enumerable.Range(0, 1000)]) };
    }

    /// <summary>Fits on the given rows, or finds the finished model; prints seconds and validation accuracy.</summary>
    public string Fit(string name, ModelRecipe model, TrainingRecipe training, ObjectiveRecipe objective, DataRecipe? transfer = null,
        ulong? seed = null)
    {
        var folder = Path.Combine(_folder, name);
        if (ModelCheckpoint.Exists(folder)) return folder;
        var rows = TransferSet.Rows(Data.Train, transfer ?? new DataRecipe { Source = "idx" }, seed ?? _seed);
        var soft = objective.Name != "hard-label";
        var started = TimeProvider.System.GetTimestamp();
        var purpose = name.StartsWith("teacher", StringComparison.Ordinal) ? "teacher" : "student";
        var (accuracy, loss) = _fitting.Run(new Fit(name, "train", model, training, [objective], rows, soft ? _labels : null,
            new Seed(seed ?? _seed).Derive(purpose), folder, Path.Combine(_folder, name + ".safetensors")), CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {name,-24} validation {accuracy:0.0000} loss {loss:0.0000}  {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s"));
        return folder;
    }

    /// <summary>Asks the teacher in a folder about all training rows; later soft fits use the answers.</summary>
    public void Label(string teacherFolder)
    {
        using var teacher = new TeacherLoader(new TeacherRecipe { Members = [] }, Data.Train.ExampleShape, Data.Train.Classes, Device)
            .Load([(teacherFolder, 1)]);
        var description = new LabelSetDescription { Codec = LabelCodec.Dense, Classes = Data.Train.Classes, Examples = Data.Train.Count,
            TeacherHash = teacher.Hash, DataHash = Data.Train.Hash };
        var store = Path.Combine(_folder, "labels");
        new Labelling(new Progress<StageProgress>()).Run(teacher, Data.Train, store, description, CancellationToken.None);
        _labels?.Dispose();
        _labels = LabelReader.Open(store, description);
    }

    /// <summary>Logits of a model for a set, [N, classes].</summary>
    public float[] Logits(string modelFolder, Dataset set)
    {
        var (module, _) = ModelCheckpoint.Load(modelFolder, Device);
        using (module) return Predictor.Logits(module, set, Device);
    }

    public double ValidationAccuracy(string modelFolder) =>
        Validation.Measure(Logits(modelFolder, Data.Validation), Data.Validation).Score;

    /// <summary>Wrong answers, all and of one class, after a shift of some classes' biases.</summary>
    public static (int All, int OfClass) Errors(float[] logits, Dataset set, int watched = -1, double shift = 0, params int[] shifted)
    {
        int all = 0, ofClass = 0;
        for (var row = 0; row < set.Count; row++)
        {
            var best = 0;
            for (var c = 1; c < set.Classes; c++)
                if (Shifted(logits, row * set.Classes, c, shift, shifted) > Shifted(logits, row * set.Classes, best, shift,
                    shifted)) best = c;
            if (best == set.Labels[row]) continue;
            all++;
            if (set.Labels[row] == watched) ofClass++;
        }
        return (all, ofClass);
    }

    /// <summary>The bias shift with the fewest errors on a validation set, in steps of 0.25 over [−12, 12].</summary>
    public static double BestShift(float[] logits, Dataset validation, params int[] shifted) =>
        Enumerable.Range(-48, 97)
            .Select(i => i * 0.25)
            .MinBy(shift => (Errors(logits, validation, -1, shift, shifted).All, Math.Abs(shift)));

    private static double Shifted(float[] logits, int start, int c, double shift, int[] shifted) =>
        logits[start + c] + (shifted.Contains(c) ? shift : 0);

    public void Dispose()
    {
        _labels?.Dispose();
        _events.Dispose();
        Device.Dispose();
    }
}
