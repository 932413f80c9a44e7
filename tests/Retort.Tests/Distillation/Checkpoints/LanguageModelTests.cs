using Retort.Checkpoints;
using Retort.Formats.Gguf;
using Retort.Formats.HuggingFace;
using Retort.Nn.Generation;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Checkpoints;

public sealed class LanguageModelTests : IDisposable
{
    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();

    /// <summary>A folder with a model of random numbers, and the tokenizer and template of a Llama: 508 ids and 4 added ones.</summary>
    /// <param name="folder">It is made.</param>
    /// <param name="rows">Of the model.</param>
    /// <param name="positions">That it knows.</param>
    internal static string Written(string folder, int rows = 600, int positions = 128)
    {
        var config = new CausalConfig
        {
            Family = CausalFamily.Llama, VocabularySize = rows, HiddenSize = 16, IntermediateSize = 32, Layers = 1, Heads = 2,
            KeyValueHeads = 1, HeadWidth = 8, Positions = positions, Rope = new RopeConfig(RopeKind.Default, 10_000), Windows = [0],
        };
        using var device = new CpuDevice(1);
        using var model = LanguageCheckpoint.Create(config);
        model.Build(device, new Seed(5));
        new LanguageCheckpoint(model, config, null).Save(folder);
        foreach (var name in (string[])["tokenizer.json", "tokenizer_config.json"])
            File.Copy(Fixtures.Path("tokenizers/llama3_bpe/" + name, out _)!, Path.Combine(folder, name), overwrite: true);
        return folder;
    }

    [Fact]
    public void ATemplateInAFileOfItsOwnCountsFirst()
    {
        var folder = Written(_folder.At("model"));
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), "{{ messages[0].content }}\r\n");
        using var model = LanguageModel.Open(folder, _device);
        Assert.Equal(model.Tokenizer.Encode("Hello", addSpecialTokens: false).Ids, model.Prompt([("user", "Hello")], TimeProvider.System));
    }

    [Fact]
    public void ATemplateWithoutEndIsNotRead()
    {
        var folder = Written(_folder.At("model"));
        using (var template = File.Create(Path.Combine(folder, "chat_template.jinja"))) template.SetLength((1 << 26) + 1);
        Assert.Equal("there are more than 67108864 bytes", Refused(folder));
    }

    /// <summary>Gemma 3's text models know a token for images, and have no row for it.</summary>
    [Fact]
    public void AnAddedTokenMayLackARow()
    {
        using var model = LanguageModel.Open(Written(_folder.At("model"), rows: 508), _device);
        Assert.Single(new Decoding { NewTokens = 1 }.Answers(model.Model, [[507]]));
        Assert.Contains("has token 511", Assert.Throws<RetortException>(() => new Decoding { NewTokens = 1 }
            .Answers(model.Model, [[model.Tokenizer.Id("<|eot_id|>")!.Value]])).Message, StringComparison.Ordinal);
    }

    /// <summary>Weights may be large: what is refused without them is refused before they are read.</summary>
    [Fact]
    public void WeightsAreReadLast()
    {
        var folder = Written(_folder.At("model"), rows: 507);
        File.WriteAllBytes(Path.Combine(folder, "model.safetensors"), []);
        Assert.Contains("the model 507 rows", Refused(folder), StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, "tokenizer.json"));
        Assert.Equal("this folder has no tokenizer", Refused(folder));
        Assert.Equal("'tokenizer.ggml.eos_token_id' is 9999.", Refused(Gguf("bad.gguf", damaged: true, ("eos", 9999))));
    }

    [Fact]
    public void AFileNamesWhatEndsATextATurnAndAMessage()
    {
        using var model = LanguageModel.Open(Gguf("a.gguf", damaged: false, ("eos", 5), ("eot", 7), ("eom", 5)), _device);
        Assert.Equal([5, 7], model.EndTokens);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void AnEndThatIsNoTokenIsRefused(int id) => Assert.Equal($"'tokenizer.ggml.eot_token_id' is {id}.",
        Refused(Gguf("a.gguf", damaged: false, ("eot", id))));

    public void Dispose()
    {
        _folder.Dispose();
        _device.Dispose();
    }

    private string Refused(string path) => Assert.ThrowsAny<RetortException>(() => LanguageModel.Open(path, _device)).What;

    /// <summary>The last bytes of the last tensor become no numbers: the writer would refuse them.</summary>
    private static void Damage(string path)
    {
        using var stream = File.OpenWrite(path);
        stream.Seek(-sizeof(float), SeekOrigin.End);
        stream.Write([0xFF, 0xFF, 0xFF, 0xFF]);
    }

    /// <summary>The repository's model of random numbers, with other ids of special tokens; damaged, one weight is no number.</summary>
    private string Gguf(string name, bool damaged, params (string Name, int Id)[] ids)
    {
        using var file = GgufReader.Open(Fixtures.Path("gguf/models/llama-gqa_untied-q4_0.gguf", out _)!);
        var keys = ids.ToDictionary(pair => $"tokenizer.ggml.{pair.Name}_token_id", pair => GgufValue.Of(pair.Id));
        GgufTensor Tensor(GgufEntry entry)
        {
            var values = new float[entry.Elements];
            file.ReadFloats(entry.Name, values);
            return new(entry.Name, GgufType.F32, entry.Shape, values);
        }
        GgufWriter.Write(_folder.At(name), [.. file.Metadata.Where(pair => !keys.ContainsKey(pair.Key)).Concat(keys)
            .Select(pair => (pair.Key, pair.Value))], [.. file.Entries.Values.Select(Tensor)]);
        if (damaged) Damage(_folder.At(name));
        return _folder.At(name);
    }
}
