using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Retort.Checkpoints;
using Retort.Cli;
using Retort.Tests.Distillation.Checkpoints;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Cli;

/// <summary>
/// Models that are damaged, do not fit together or mean harm, as a user meets them: one sentence that says where, exit code 2, in bounded
/// time and memory. What each file may be is tested beside its reader; this is what reaches the command line.
/// </summary>
public sealed class HostileModelTests : IDisposable
{
    /// <summary>Of all objects that were ever made, most of them garbage at once: a template has ten million steps.</summary>
    private const long MostBytes = 2048L << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Cases => new()
    {
        { "a vocabulary larger than the weights", "the tokenizer has 508 ids, the model 507 rows." },
        { "weights of another width", "has shape [600, 16]." },
        { "a number that is none", "is NaN." },
        { "a tensor that is missing", "there is no tensor 'lm_head.weight'" },
        { "a shard that is missing", "the shard is missing" },
        { "weights that can run code", "the weights are pickled, and reading a pickle runs its code" },
        { "a safetensors header longer than its file", "the header declares 9223372036854775807 bytes" },
        { "a safetensors header that is nested", "the header is not JSON" },
        { "a tokenizer nested without end", "this is not JSON" },
        { "a tokenizer without end", "there are more than 67108864 bytes" },
        { "a pattern that explodes", "takes too long on this text" },
        { "a template without end", "the template takes more than 2000000 steps" },
        { "a template that calls itself", "the template is nested more than 600 deep" },
        { "a template that grows", "the template makes more than" },
        { "a template that reaches out", "has no '__init__'" },
        { "a config without sizes", "'hidden_size'" },
        { "sizes of a petabyte", "has shape [600, 16]." },
        { "a gguf of too many tensors", "the header declares 9223372036854775807 tensors" },
        { "a gguf tensor beyond the file", "tensor 'token_embd.weight' starts at byte 1152921504606846976" },
        { "a gguf that is cut", "expected the whole tensor inside the file" },
        { "a prompt that is too long", "at most 128" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void IsOneSentence(string name, string sentence)
    {
        var arguments = Prepare(name);
        var (started, before) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        var terminal = Run("Hello " + new string('a', 3000) + "!\n", arguments);
        Assert.True(terminal.Code == 2, $"{name}: exit code {terminal.Code}\n{terminal.Error}");
        Assert.Contains(sentence, terminal.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", terminal.Error, StringComparison.Ordinal);
        Assert.True(terminal.Error.TrimEnd().Split('\n').Length <= 4, terminal.Error);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 20);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
    }

    /// <summary>The same folder, undamaged, answers: what is refused above is the damage.</summary>
    [Fact]
    public void WhatIsWholeAnswers()
    {
        Assert.Equal(0, Run("Hello\n", "generate", LanguageModelTests.Written(_folder.At("whole")), "--new-tokens", "2").Code);
        Assert.Equal(0, Run("Hello\n", "chat", LanguageModelTests.Written(_folder.At("whole")), "--new-tokens", "2").Code);
    }

    /// <summary>Nothing is cut in silence: the row and both numbers are said.</summary>
    [Fact]
    public void ARowLongerThanTheContextIsNamed()
    {
        var rows = _folder.With("rows.jsonl", string.Concat(Enumerable.Range(0, 20).Select(i =>
            $"{{\"text\": \"{(i == 7 ? "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" : "short")} {i}\"}}\n")));
        var recipe = _folder.With("r.yaml", $$"""
            name: long
            data: {source: text, path: "{{rows}}", contextLength: 40, vocabulary: 260}
            teacher: {source: train, model: {kind: gpt, width: 8, layers: 1, heads: 1} }
            student: {model: {kind: gpt, width: 8, layers: 1, heads: 1} }

            """);
        var terminal = Terminal.Run(new Library(), "run", recipe, "--out", _folder.At("run"));
        Assert.Equal(2, terminal.Code);
        Assert.Matches(@"rows\.jsonl:8  has \d+ tokens\.\n  at most data\.contextLength, 40: nothing is cut silently\.", terminal.Error.ReplaceLineEndings("\n"));
    }

    private string[] Prepare(string name)
    {
        if (name.Contains("gguf", StringComparison.Ordinal)) return ["generate", Gguf(name)];
        var folder = LanguageModelTests.Written(_folder.At("model"), name == "a vocabulary larger than the weights" ? 507 : 600);
        string At(string file) => Path.Combine(folder, file);
        var (weights, config, tokenizer) = (At("model.safetensors"), At("config.json"), At("tokenizer.json"));
        switch (name)
        {
            case "weights of another width": Change(config, root => root["hidden_size"] = 32); break;
            case "sizes of a petabyte": Change(config, root => (root["vocab_size"], root["hidden_size"]) = (1 << 24, 1 << 24)); break;
            case "a config without sizes": Change(config, root => root.AsObject().Remove("hidden_size")); break;
            case "a number that is none": Patch(weights, bytes => BitConverter.GetBytes(float.NaN).CopyTo(bytes, bytes.Length - 4)); break;
            case "a tensor that is missing":
                Change(config, root => root["tie_word_embeddings"] = false);
                Patch(weights, bytes => Encoding.ASCII.GetBytes("xm_head").CopyTo(bytes, bytes.AsSpan().IndexOf("lm_head"u8))); break;
            case "a shard that is missing":
                File.Delete(weights);
                File.WriteAllText(At("model.safetensors.index.json"), """{"weight_map": {"lm_head.weight": "model-00001-of-00002.safetensors"}}""");
                break;
            case "weights that can run code": File.Move(weights, At("pytorch_model.bin")); break;
            case "a safetensors header longer than its file": Patch(weights, bytes => BitConverter.GetBytes(long.MaxValue).CopyTo(bytes, 0)); break;
            case "a safetensors header that is nested":
                var nested = Encoding.ASCII.GetBytes(Nested("{\"a\":", "}"));
                File.WriteAllBytes(weights, [.. BitConverter.GetBytes((long)nested.Length), .. nested]);
                break;
            case "a tokenizer nested without end":
                File.WriteAllText(tokenizer, Nested("""{"normalizer": {"type": "Sequence", "normalizers": [""", "]}}"));
                break;
            case "a tokenizer without end":
                using (var file = File.OpenWrite(tokenizer)) file.SetLength((1L << 26) + 1);
                break;
            case "a pattern that explodes":
                Change(tokenizer, root => root["pre_tokenizer"] = JsonNode.Parse(
                    """{"type": "Split", "pattern": {"Regex": "(?!x)(a|aa)+$"}, "behavior": "Isolated"}"""));
                break;
            case "a template without end": Template("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"); break;
            case "a template that calls itself": Template("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"); break;
            case "a template that grows":
                Template("{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}");
                break;
            case "a template that reaches out": Template("{{ cycler.__init__.__globals__.os.popen('id').read() }}"); break;
            default: break; // the folder is whole: its size or the prompt is what does not fit
        }
        return [name.Contains("template", StringComparison.Ordinal) ? "chat" : "generate", folder];

        // it ends as it should: the depth alone is wrong
        static string Nested(string open, string close) => string.Concat(Enumerable.Repeat(open, 5000)) + "{}"
            + string.Concat(Enumerable.Repeat(close, 5000));
        void Template(string text) => File.WriteAllText(At(Conversation.TemplateFile), text);
    }

    private string Gguf(string name)
    {
        var source = Testing.Fixtures.Path("gguf/models/llama-gqa_untied-q4_0.gguf", out _)!;
        var bytes = File.ReadAllBytes(source);
        if (name == "a gguf of too many tensors") BitConverter.GetBytes(long.MaxValue).CopyTo(bytes, 8);
        else if (name == "a gguf that is cut") bytes = bytes[..(bytes.Length / 2)];
        else
        {
            // the offset of the first tensor follows its name, rank, extents and type
            var place = bytes.AsSpan().IndexOf("token_embd.weight"u8) + "token_embd.weight".Length;
            BitConverter.GetBytes(1L << 60).CopyTo(bytes, place + 4 + (8 * BitConverter.ToInt32(bytes, place)) + 4);
        }
        return _folder.With("bad.gguf", bytes);
    }

    private static void Change(string path, Action<JsonNode> change)
    {
        var root = JsonNode.Parse(File.ReadAllText(path))!;
        change(root);
        File.WriteAllText(path, root.ToJsonString());
    }

    private static void Patch(string path, Action<byte[]> change)
    {
        var bytes = File.ReadAllBytes(path);
        change(bytes);
        File.WriteAllBytes(path, bytes);
    }

    private static Terminal Run(string input, params string[] args)
    {
        using StringWriter output = new(), error = new();
        var code = CommandLine.Invoke(args, new Surroundings(output, error, TimeProvider.System, new Library(), default)
        {
            Input = new StringReader(input),
        });
        return new Terminal(code, output.ToString(), error.ToString());
    }
}
