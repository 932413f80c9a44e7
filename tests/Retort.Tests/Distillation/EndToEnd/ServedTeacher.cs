using System.Text.Json;
using Retort.Checkpoints;
using Retort.Data;
using Retort.Data.Text;
using Retort.Formats.HuggingFace;
using Retort.Recipes;
using Retort.Runs;
using Retort.Sources;
using Retort.Teachers.Chat;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Retort.Tests.Formats;
using Retort.Tracks;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>
/// A Llama of drawn numbers, 512 tokens and a template, which says anything, parts of characters among it; and a student that learns what
/// a service says about its answers.
/// </summary>
internal sealed class ServedTeacher : IDisposable
{
    public const string Name = "teacher";
    private const int Rows = 24, Likeliest = 20;
    private readonly TemporaryFolder _folder = new();

    public ServedTeacher()
    {
        var config = new CausalConfig
        {
            Family = CausalFamily.Llama, VocabularySize = 512, HiddenSize = 32, IntermediateSize = 64, Layers = 2, Heads = 4,
            KeyValueHeads = 2, HeadWidth = 8, Positions = 128, Rope = new RopeConfig(RopeKind.Default, 10_000), Windows = [0, 0],
            BeginToken = 508, EndTokens = [511],
        };
        using var device = new CpuDevice(1);
        using var model = LanguageCheckpoint.Create(config);
        model.Build(device, new Seed(5));
        device.Write(model.Head, [.. Enumerable.Range(0, (int)model.Head.Shape.Count).Select(i => 0.5 * new Seed(6).Normal((ulong)i))]);
        new LanguageCheckpoint(model, config, null).Save(Model);
        foreach (var name in (string[])["tokenizer.json", "tokenizer_config.json"])
            File.Copy(Fixtures.Path("tokenizers/llama3_bpe/" + name, out _)!, Path.Combine(Model, name));
        _folder.With("rows.jsonl", string.Concat(Enumerable.Range(0, Rows + 8).Select(i => JsonSerializer.Serialize(new
        {
            messages = new[] { new { role = "user", content = $"Say {i} words" }, new { role = "assistant", content = $"once, {i} more" } },
        }) + "\n")));
    }

    /// <summary>In the Hugging Face layout.</summary>
    public string Model => _folder.At("model");

    public string At(string name) => _folder.At(name);

    public string Recipe(string endpoint) => _folder.With("served.yaml", $$$"""
        name: served
        data: {source: text, path: rows.jsonl, tokenizer: model, contextLength: 96, train: {{{Rows}}}, validation: 4, test: 4}
        teacher: {source: chat, chat: {endpoint: "{{{endpoint}}}", model: {{{Name}}}, newTokens: 16, priceIn: 0, priceOut: 0}}
        labels: {kind: top-k, keep: {{{Likeliest}}}, answers: {temperature: 1}}
        student:
          model: {kind: gpt, width: 16, layers: 1, heads: 2}
          training: {epochs: 4, batchSize: 8, learningRate: 0.01}
        baseline: {learningRates: [0.01], halfSteps: false}
        evaluation: {resamples: 200}

        """);

    /// <summary>Walks the whole path, and compares what the service said with what the same numbers say here.</summary>
    public EntryComparison Learn(Uri url, string run)
    {
        var path = Recipe($"{url}v1");
        ToyRun.Finish(["run", path, "--out", At(run), .. ToyRun.Set("threads=1")]);
        var recipe = RecipeReader.Read(File.ReadAllText(path), "served.yaml");
        var data = TextDataReader.Read(recipe.Data, _folder.Path, null, recipe.Seed);
        var asked = new AskedTexts(data, recipe.Teacher.Members[0].Chat!, recipe.Labels, At(run + "/asked"), new Progress<StageProgress>(),
            TimeProvider.System).Ask(null, TestContext.Current.CancellationToken);
        Assert.Equal(Rows, asked.Train.Count(answer => answer is not null));
        using var device = new CpuDevice(1);
        using var model = LanguageCheckpoint.Load(Model, device);
        var found = EntryComparison.Of(model.Model, data, asked.Train, device);
        Assert.True(found.Tokens >= Rows * 8 && found.Unplaced <= found.Entries / 5, $"{found}");
        var told = found.Tokens - found.Untold;
        Assert.InRange(found.Compared + found.Behind, told * Likeliest, told * (Likeliest + 1));
        AssertStored(recipe, data, asked.Train, At(run + "/labels"));
        return found;
    }

    /// <summary>The label store says what the service said, to a half's precision; a token without an entry is sure of itself.</summary>
    private static void AssertStored(Recipe recipe, TextData data, IReadOnlyList<ChatAnswer?> answers, string folder)
    {
        var texts = new TeacherTexts(data, recipe.Labels.Answers!, new Seed(recipe.Seed), new Progress<StageProgress>());
        var documents = texts.Read(folder).Documents;
        var chat = recipe.Teacher.Members[0].Chat!;
        using var stored = new AskedLabels(recipe, data, texts, $"{chat.Model} at {chat.Endpoint}").Open(folder, documents);
        var alignment = new AnswerAlignment(new TokensByBytes(data.Tokenizer.Tokenizer), data.Tokenizer.Plain, data.Tokenizer.Ends);
        Assert.Equal(answers.Count, documents.Count);
        var (ids, values, tail) = (new int[stored.MaximumKept], new float[stored.MaximumKept], new float[1]);
        foreach (var (number, document) in documents.Index())
            foreach (var (place, token) in alignment.Of(answers[number]!).Tokens.Index())
            {
                Assert.Equal(token.Id, document.Tokens[document.Prompt.Length + place]);
                stored.ReadRows(number, document.Prompt.Length + place - 1, ids, values, tail);
                var row = ids.Zip(values).Where(one => one.First >= 0).ToDictionary(one => one.First, one => one.Second);
                var known = token.Alternatives ?? [(token.Id, 0)];
                Assert.Equal(known.Select(one => one.Id).Order(), row.Keys.Order());
                Assert.All(known, one => Assert.Equal(one.LogProbability, row[one.Id], 1e-3 * Math.Max(1, -one.LogProbability)));
                Assert.Equal(Math.Exp(token.LogTail), tail[0], 2e-3);
            }
    }

    public void Dispose() => _folder.Dispose();
}
