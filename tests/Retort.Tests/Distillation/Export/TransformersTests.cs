using System.Text.Json;
using Retort.Checkpoints;
using Retort.Export;
using Retort.Formats.Tokenizers;
using Retort.Nn.Generation;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Export;

/// <summary>Exported folders as their users in JavaScript load them: transformers.js tokenizes, runs and answers as we do.</summary>
[Trait("Category", "Verifier")]
public sealed class TransformersTests(ITestOutputHelper output) : IDisposable
{
    private const int NewTokens = 12;

    private const string Classify = """
        import { pipeline, env } from '@huggingface/transformers';
        const [folder, name, texts] = process.argv.slice(2);
        env.allowRemoteModels = false; env.localModelPath = folder;
        const classify = await pipeline('text-classification', name, { dtype: 'fp32', device: 'cpu' });
        console.log(JSON.stringify(await classify(JSON.parse(texts), { top_k: 100 })));
        """;

    private const string Generate = """
        import { AutoTokenizer, AutoModelForCausalLM, env } from '@huggingface/transformers';
        const [folder, name, text, count] = process.argv.slice(2);
        env.allowRemoteModels = false; env.localModelPath = folder;
        const tokenizer = await AutoTokenizer.from_pretrained(name);
        const model = await AutoModelForCausalLM.from_pretrained(name, { dtype: 'fp32', device: 'cpu' });
        const inputs = tokenizer(text);
        const all = await model.generate({ ...inputs, max_new_tokens: Number(count), do_sample: false });
        console.log(JSON.stringify({ prompt: [...inputs.input_ids.data].map(Number), all: [...all.data].map(Number) }));
        """;

    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [MemberData(nameof(EncoderOnnxTests.Checkpoints), MemberType = typeof(EncoderOnnxTests))]
    public void AClassifierAnswersAsOurs(string name)
    {
        var (packages, source) = Prepared(name);
        var classes = EncoderCheckpoint.Load(source, _device);
        using (classes)
        {
            var texts = JsonSerializer.Serialize(ModelExport.Texts);
            using var json = JsonDocument.Parse(packages.Run("classify.mjs", Classify, _folder.Path + "/", "model", texts));
            var tokenizer = TokenizerFolder.Read(source);
            var largest = 0.0;
            foreach (var (text, answer) in ModelExport.Texts.Zip(json.RootElement.EnumerateArray()))
            {
                var ours = Probabilities(classes, tokenizer.Encode(text).Ids);
                foreach (var one in answer.EnumerateArray())
                {
                    var number = classes.Config.Classes.ToList().IndexOf(one.GetProperty("label").GetString()!);
                    largest = Math.Max(largest, Math.Abs(ours[number] - one.GetProperty("score").GetDouble()));
                }
                Assert.Equal(classes.Config.Classes.Count, answer.GetArrayLength());
            }
            output.WriteLine(FormattableString.Invariant($"export: {name}: largest difference of a probability in transformers.js {largest:g3}"));
            Assert.InRange(largest, 0, 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(DecoderOnnxTests.Checkpoints), MemberType = typeof(DecoderOnnxTests))]
    public void ALanguageModelGoesOnAsOurs(string name)
    {
        var (packages, source) = Prepared(name);
        using var model = LanguageModel.Open(source, _device);
        const string text = "Hello teacher";
        var prompt = model.Prompt(text);
        var ours = new Decoding { NewTokens = NewTokens, EndTokens = model.EndTokens }.Answers(model.Model, [prompt])[0].Tokens;
        using var json = JsonDocument.Parse(packages.Run("generate.mjs", Generate, _folder.Path + "/", "model", text, $"{NewTokens}"));
        int[] Ids(string key) => [.. json.RootElement.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];
        Assert.Equal(prompt, Ids("prompt"));
        var theirs = Ids("all")[prompt.Length..].Where(id => !model.EndTokens.Contains(id)).ToArray();
        Assert.Equal(ours.Where(id => !model.EndTokens.Contains(id)), theirs);
        output.WriteLine($"export: {name}: {theirs.Length} tokens the same in transformers.js");
        Assert.NotEmpty(theirs);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _device.Dispose();
    }

    private (NodePackages Packages, string Source) Prepared(string name)
    {
        if (name.Length == 0) Assert.Skip("no golden checkpoints of this kind were found; RETORT_FIXTURES says where they lie.");
        var packages = NodePackages.TryCreate("the check of exported folders against transformers.js", out var whySkipped,
            NodePackages.Transformers, NodePackages.Runtime);
        if (packages is null) Assert.Skip(whySkipped);
        var source = Path.GetDirectoryName(Fixtures.Path(name, out _))!;
        ModelExport.Write(source, _folder.At("model"), [ExportFormat.Parse("onnx", "")], _device);
        return (packages, source);
    }

    private double[] Probabilities(EncoderCheckpoint checkpoint, int[] ids)
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        var logits = _device.ToDoubles(checkpoint.Model.Forward(step, step.Constant(new Shape(1, ids.Length), ids.AsSpan())));
        var largest = logits.Max();
        var sum = logits.Sum(logit => Math.Exp(logit - largest));
        return Array.ConvertAll(logits, logit => Math.Exp(logit - largest) / sum);
    }
}
