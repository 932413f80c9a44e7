using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Retort.Checkpoints;
using Retort.Data;
using Retort.Recipes;
using Retort.Runs;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Training;

namespace Retort.Tracks;

/// <summary>
/// An encoder that learns every second training question of CLINC150; the others are those that it is asked about, which it has never seen.
/// </summary>
internal sealed class IntentTeacher
{
    private const string File = "text_cls/clinc150_data_full.json.gz";
    private static readonly DataRecipe Texts = new()
    {
        Source = "text-classes", Outside = "oos", ContextLength = 64, TooLong = "cut", Leaks = "allow", Vocabulary = 2048,
    };

    /// <param name="folder">Of the track; a teacher that is there is not trained again.</param>
    /// <param name="seed">Of its numbers.</param>
    public IntentTeacher(string folder, ulong seed)
    {
        Directory.CreateDirectory(folder);
        Folder = Path.Combine(folder, $"teacher-{seed}");
        (Asked, var learnt) = (Path.Combine(folder, "asked.json"), Path.Combine(folder, "learnt.json"));
        Halve(learnt, Asked);
        if (ModelCheckpoint.Exists(Folder)) return;
        var data = DatasetReader.Read(Texts with { Path = learnt }, ".", seed);
        using var device = new CpuDevice(1);
        using var events = EventLog.Open(Path.Combine(folder, $"teacher-{seed}.jsonl"), TimeProvider.System);
        var model = new ModelRecipe { Kind = "bert", Width = 128, Layers = 3, Heads = 4, Vocabulary = data.Train.Texts!.Encoding.Size };
        var training = new TrainingRecipe
        {
            Epochs = 16, BatchSize = 32, LearningRate = 0.001, WarmupSteps = 200, ClipNorm = 1, WeightDecay = 0.01,
        };
        var (score, _) = new Fitting(device, data, events, new Progress<StageProgress>()).Run(new Fit("teacher", "label", model, training,
            [ObjectiveRecipe.OfTruth(Texts, 0)], [.. Enumerable.Range(0, data.Train.Count)], null, new Seed(seed).Derive("teacher"), Folder,
            Path.Combine(folder, $"teacher-{seed}.safetensors")), CancellationToken.None);
        Console.WriteLine(FormattableString.Invariant($"teacher: {100 * score:0.00} % on validation after {data.Train.Count} questions"));
    }

    /// <summary>In the Hugging Face layout, as it is served.</summary>
    public string Folder { get; }

    /// <summary>The file with the questions that it is asked.</summary>
    public string Asked { get; }

    private static void Halve(string learnt, string asked)
    {
        if (System.IO.File.Exists(asked)) return;
        var path = Path.Combine(Environment.GetEnvironmentVariable("RETORT_DATA") ?? "../shared/data", File);
        using var packed = new GZipStream(System.IO.File.OpenRead(path), CompressionMode.Decompress);
        var whole = JsonNode.Parse(packed)!.AsObject();
        foreach (var (target, odd) in ((string, int)[])[(learnt, 0), (asked, 1)])
        {
            var half = whole.DeepClone().AsObject();
            half["train"] = new JsonArray([.. whole["train"]!.AsArray().Where((_, row) => row % 2 == odd).Select(row => row!.DeepClone())]);
            System.IO.File.WriteAllText(target, half.ToJsonString(new JsonSerializerOptions()));
        }
    }
}
