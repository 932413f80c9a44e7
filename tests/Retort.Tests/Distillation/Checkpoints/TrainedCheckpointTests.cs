using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Retort.Checkpoints;
using Retort.Formats.Safetensors;
using Retort.Nn.Generation;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Operations;
using Retort.Testing;
using Retort.Tests.Formats;
using Retort.Tests.Nn.Models;
using Xunit;

namespace Retort.Tests.Distillation.Checkpoints;

/// <summary>Trained checkpoints beside numbers that float64 arithmetic gave for them (real data's README).</summary>
[Trait("Category", "Golden")]
public sealed class TrainedCheckpointTests(ITestOutputHelper output)
{
    // Rounding of a sum is relative to its largest parts: Cpu is compared to the largest number of a text.
    private const double Exact = 1e-6, Tolerance = 2e-6;

    public static TheoryData<string, bool> FoldersOnBoth => [.. Names.SelectMany(name => new[] { (name, false), (name, true) })];

    public static TheoryData<string> Folders => [.. Names];

    private static IEnumerable<string> Names => RealData.Files("golden.json").Select(file => Path.GetDirectoryName(file)!)
        .Where(folder => File.Exists(Path.Combine(folder, "config.json"))).Select(folder => Path.GetRelativePath(RealData.Folder()!, folder))
        .DefaultIfEmpty("");

    [Theory]
    [MemberData(nameof(FoldersOnBoth))]
    public void HiddenStatesLogitsAndGreedyAnswers(string name, bool cpu)
    {
        var folder = Found(name);
        using var golden = Fixtures.Read(Path.Combine(folder, "golden.json"));
        using var values = SafetensorsReader.Open(Path.Combine(folder, "golden.safetensors"));
        using var device = GoldenCheckpoint.Device(cpu);
        using var checkpoint = LanguageCheckpoint.Load(folder, device);
        var (model, report) = (checkpoint.Model, new GoldenReport($"{name} on {device.Name}"));
        void Compare(string what, double[] found)
        {
            if (cpu) report.CompareToLargest(what, Numbers(values, what), found, Tolerance);
            else report.Compare(what, Numbers(values, what), found, Exact, 1e-3);
        }
        using var step = new Step(device);
        var texts = golden.RootElement.EnumerateArray().ToArray();
        for (var i = 0; i < texts.Length; i++)
        {
            var ids = Whole(texts[i].GetProperty("ids"));
            step.Begin(training: false);
            var taps = new Tensor[model.StateNames.Count];
            var states = model.States(step, step.Constant(new Shape(1, ids.Length), ids), taps: taps);
            Compare($"hidden_{i}", [.. taps[..^1].SelectMany(device.ToDoubles)]);
            Compare($"logits_{i}", device.ToDoubles(step.Linear(Gpt.Rows(step, states), model.Head)));
            report.Case();
        }
        foreach (var length in texts.GroupBy(text => text.GetProperty("greedy_ids").GetArrayLength() - text.GetProperty("ids").GetArrayLength()))
        {
            var answers = new Decoding { NewTokens = length.Key }.Answers(model, [.. length.Select(text => Whole(text.GetProperty("ids")))]);
            Assert.Equal(length.Select(text => Whole(text.GetProperty("greedy_ids"))[^length.Key..]),
                answers.Select(answer => answer.Tokens.ToArray()));
        }
        output.WriteLine(report.Line);
        Assert.Empty(report.Failures);
    }

    /// <summary>Mean surprise of stories, each cut to 256 tokens.</summary>
    [Theory]
    [MemberData(nameof(Folders))]
    public void SurpriseOfStories(string name)
    {
        var folder = Found(name);
        var corpus = RealData.Files("tinystories_cased.txt.gz").FirstOrDefault();
        if (corpus is null || !File.Exists(Path.Combine(folder, "nll_golden.json"))) Assert.Skip("RETORT_DATA holds no golden surprise of stories.");
        using var golden = Fixtures.Read(Path.Combine(folder, "nll_golden.json"));
        var tokenizer = new ScoredPieces(Path.Combine(folder, "tokens.json"));
        using (var texts = Fixtures.Read(Path.Combine(folder, "golden.json")))
            foreach (var text in texts.RootElement.EnumerateArray())
                Assert.Equal<IEnumerable<int>>(Whole(text.GetProperty("ids")),
                    [1, .. tokenizer.Encode(text.GetProperty("text").GetString()!)]);
        using var stories = new StreamReader(new GZipStream(File.OpenRead(corpus), CompressionMode.Decompress));
        var perStory = golden.RootElement.GetProperty("per_story").EnumerateArray().ToArray();
        var tokens = stories.ReadToEnd().Split("<|endoftext|>").Select(story => story.Trim()).Where(story => story.Length > 0)
            .Take(perStory.Length).Select(story => ((int[])[1, .. tokenizer.Encode(story).Take(255)])).ToArray();
        Assert.Equal(perStory.Select(story => story.GetProperty("tokens").GetInt32()), tokens.Select(story => story.Length));
        using var device = new CpuDevice(2);
        using var checkpoint = LanguageCheckpoint.Load(folder, device);
        using var step = new Step(device);
        step.Begin(training: false);
        var found = TokenLogProbabilities.Of(step, checkpoint.Model, tokens);
        var report = new GoldenReport($"{name} stories");
        for (var i = 0; i < found.Length; i++)
        {
            report.Compare($"story {i}", [perStory[i].GetProperty("mean_nll").GetDouble()], [-found[i].Average()], Tolerance, 1);
            report.Case();
        }
        report.Compare("all", [golden.RootElement.GetProperty("mean_nll").GetDouble()], [-found.SelectMany(story => story).Average()],
            Tolerance, 1);
        output.WriteLine(report.Line);
        Assert.Empty(report.Failures);
        foreach (var type in new[] { DataType.BFloat16, DataType.Int8, DataType.Int4 })
            output.WriteLine(FormattableString.Invariant($"{name} stories in {type}: surprise {Narrow(folder, type, tokens):0.00000}"));
    }

    private static double Narrow(string folder, DataType type, int[][] texts)
    {
        using var device = new CpuDevice(2);
        using var checkpoint = LanguageCheckpoint.Load(folder, device);
        checkpoint.Model.Weights.Freeze(type);
        using var step = new Step(device);
        step.Begin(training: false);
        return -TokenLogProbabilities.Of(step, checkpoint.Model, texts).SelectMany(story => story).Average();
    }

    private static string Found(string name)
    {
        if (name.Length == 0) Assert.Skip("RETORT_DATA holds no trained checkpoint with golden.json.");
        return Path.Combine(RealData.Folder()!, name);
    }

    private static int[] Whole(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetInt32())];

    private static double[] Numbers(SafetensorsReader values, string name)
    {
        var numbers = new float[values.Entries[name].Elements];
        values.ReadFloats(name, numbers);
        return Array.ConvertAll(numbers, number => (double)number);
    }

    /// <summary>llama2.c's encoding: characters, or bytes, of which the pair with the best score is joined until none is left.</summary>
    private sealed class ScoredPieces
    {
        private const int FirstByte = 3;
        private readonly Dictionary<string, (int Id, double Score)> _pieces = []; // by their bytes in hexadecimal

        public ScoredPieces(string path)
        {
            using var file = Fixtures.Read(path);
            foreach (var piece in file.RootElement.EnumerateArray())
                _pieces.TryAdd(piece.GetProperty("bytes_hex").GetString()!,
                    (piece.GetProperty("id").GetInt32(), piece.GetProperty("score").GetDouble()));
        }

        public IEnumerable<int> Encode(string text)
        {
            var parts = new List<(string Piece, int Id)>();
            foreach (var rune in (" " + text).EnumerateRunes())
            {
                var bytes = Encoding.UTF8.GetBytes(rune.ToString());
                var piece = Convert.ToHexStringLower(bytes);
                if (_pieces.TryGetValue(piece, out var known)) parts.Add((piece, known.Id));
                else parts.AddRange(bytes.Select(part => ("", part + FirstByte)));
            }
            while (true)
            {
                var (best, score) = (-1, double.NegativeInfinity);
                for (var i = 0; i + 1 < parts.Count; i++)
                    if (_pieces.TryGetValue(parts[i].Piece + parts[i + 1].Piece, out var joined) && joined.Score > score
                        && parts[i].Piece.Length > 0 && parts[i + 1].Piece.Length > 0) (best, score) = (i, joined.Score);
                if (best < 0) return parts.Select(part => part.Id);
                var piece = parts[best].Piece + parts[best + 1].Piece;
                parts[best] = (piece, _pieces[piece].Id);
                parts.RemoveAt(best + 1);
            }
        }
    }
}
