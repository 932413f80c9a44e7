using System.Text.Json;
using Retort.Formats.Safetensors;
using Retort.Nn;
using Retort.Nn.Optimizers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Nn.Models;

/// <summary>
/// What a model gave for a golden batch: a loss to walk back from, logits of every row, the values at its taps, and its attention.
/// </summary>
internal readonly record struct GoldenAnswer(Tensor Loss, Tensor Logits, Tensor[] States, Tensor[] Attentions);

/// <summary>A folder with config.json, weights and golden.*: numbers that another implementation found (fixtures' README).</summary>
internal sealed class GoldenCheckpoint : IDisposable
{
    private readonly string _name, _folder;
    private readonly JsonDocument _config, _golden;
    private readonly SafetensorsReader _values;

    private GoldenCheckpoint(string name, string path)
    {
        (_name, _folder) = (name, Path.GetDirectoryName(path)!);
        (_config, _golden) = (Fixtures.Read(path), Fixtures.Read(Path.Combine(_folder, "golden.json")));
        _values = SafetensorsReader.Open(Path.Combine(_folder, "golden.safetensors"));
    }

    public string Folder => _folder;
    private JsonElement Config => _config.RootElement;
    public JsonElement Golden => _golden.RootElement;

    /// <summary>
    /// Every checkpoint found whose config is of one of the types, on both devices; where there is none, a nameless one that is skipped.
    /// </summary>
    public static TheoryData<string, bool> Of(params string[] types)
    {
        var data = new TheoryData<string, bool>();
        foreach (var (name, path) in Fixtures.Find("", "config.json"))
        {
            if (!File.Exists(Path.Combine(Path.GetDirectoryName(path)!, "golden.safetensors"))) continue;
            using var config = Fixtures.Read(path);
            if (!types.Contains(config.RootElement.GetProperty("model_type").GetString())) continue;
            data.Add(name, false);
            data.Add(name, true);
        }
        if (data.Count == 0) data.Add("", true);
        return data;
    }

    public static GoldenCheckpoint Open(string name)
    {
        if (name.Length == 0) Assert.Skip("no golden checkpoints of this kind were found: they are too large for the repository; RETORT_FIXTURES says where they lie.");
        return new(name, Fixtures.Path(name, out var absent) ?? throw new FileNotFoundException(absent));
    }

    /// <summary>Rows of whole numbers, side by side.</summary>
    public Tensor Rows(Step step, string key)
    {
        var rows = Golden.GetProperty(key)
            .EnumerateArray()
            .Select(row => row.EnumerateArray().Select(number => number.GetInt32()).ToArray())
            .ToArray();
        return step.Constant(new Shape(rows.Length, rows[0].Length), [.. rows.SelectMany(row => row)]);
    }

    /// <summary>Logits, values at taps, loss, gradients and eight updates against the golden ones.</summary>
    /// <param name="cpu">Which device.</param>
    /// <param name="load">The model, with its numbers.</param>
    /// <param name="run">Forward and loss.</param>
    public void Check<TModel>(bool cpu, Func<Device, TModel> load, Func<TModel, Step, GoldenAnswer> run) where TModel : Module
    {
        using Device device = Device(cpu);
        using var model = load(device);
        using var step = new Step(device);
        var report = new GoldenReport($"{_name} on {device.Name}");
        var noise = Golden.GetProperty("float32_vs_float64");
        double Allowed(string key) => Math.Max(2e-6, 8 * noise.GetProperty(key).GetDouble());

        // padding means nothing
        bool[] tokens = [.. Golden.GetProperty("attention_mask")
            .EnumerateArray()
            .SelectMany(row => row.EnumerateArray())
            .Select(value => value.GetInt32() != 0)];
        var batch = Golden.GetProperty("attention_mask").GetArrayLength();
        step.Begin(training: true);
        var answer = run(model, step);
        Compare(report, "logits", device.ToDoubles(answer.Logits), answer.Logits.Shape[0] == tokens.Length
            ? tokens
            : [true], Allowed("logits_max_abs_diff"));
        for (var i = 0; i < answer.States.Length; i++)
            if (Tap(i, answer.States.Length) is { } name) Compare(report, name, device.ToDoubles(answer.States[i]), tokens,
                Allowed("logits_max_abs_diff"));
        foreach (var (name, layer) in new[] { ("attentions.0", 0), ("attentions.last", answer.Attentions.Length - 1) })
            Compare(report, name, device.ToDoubles(answer.Attentions[layer]), ByHead(tokens, batch, (int)answer.Attentions[layer].Shape[1]),
                Allowed("logits_max_abs_diff"));
        report.Compare("loss", [Golden.GetProperty("loss_float64").GetDouble()], device.ToDoubles(answer.Loss), cpu ? 1e-5 : 1e-6, 1);
        step.Backward(answer.Loss);
        foreach (var parameter in model.Weights.Parameters)
        {
            var found = device.ToDoubles(model.Weights.Gradients.Part(parameter.Offset, parameter.Shape));
            report.Compare($"squares of {parameter.Name}",
                [Golden.GetProperty("gradient_sum_of_squares").GetProperty(parameter.Name).GetDouble()],
                [found.Sum(value => value * value)], 1e-4, 1e-6);
            if (_values.Entries.ContainsKey("grad." + parameter.Name)) report.Compare($"gradient of {parameter.Name}",
                Values("grad." + parameter.Name), found, Allowed("grad_max_abs_diff"), 1);
            report.Case();
        }
        Update(report, model, step, () => run(model, step).Loss);
        TestContext.Current.TestOutputHelper!.WriteLine(report.Line);
        Assert.Empty(report.Failures.Take(20));
    }

    public static Device Device(bool cpu) => cpu ? new CpuDevice(2) : new ReferenceDevice();

    /// <summary>Which rows of [batch, heads, tokens] count.</summary>
    private static bool[] ByHead(bool[] tokens, int batch, int heads) => [.. tokens.Chunk(tokens.Length / batch)
        .SelectMany(row => Enumerable.Repeat(row, heads).SelectMany(own => own))];

    /// <summary>hidden_states.0 are the embeddings, the last is behind the final norm where there is one.</summary>
    private string? Tap(int tap, int taps)
    {
        var golden = _values.Entries.Keys.Count(key => key.StartsWith("hidden_states.", StringComparison.Ordinal));
        if (golden == taps) return $"hidden_states.{tap}";
        return tap < golden - 1 ? $"hidden_states.{tap}" : tap == taps - 1 ? $"hidden_states.{golden - 1}" : null;
    }

    private double[] Values(string name)
    {
        var values = new float[_values.Entries[name].Elements];
        _values.ReadFloats(name, values);
        return Array.ConvertAll(values, value => (double)value);
    }

    private void Compare(GoldenReport report, string name, double[] found, bool[] counts, double allowed)
    {
        var expected = Values(name);
        Assert.Equal(expected.Length, found.Length);
        var width = expected.Length / counts.Length;
        for (var row = 0; row < counts.Length; row++)
            if (counts[row]) report.Compare($"{name}, row {row}", expected.AsSpan(row * width, width), found.AsSpan(row * width, width),
                allowed, 1);
        report.Case();
    }

    private void Update(GoldenReport report, Module model, Step step, Func<Tensor> run)
    {
        var recipe = Golden.GetProperty("adamw");
        double Real(string key) => recipe.GetProperty(key).GetDouble();
        using var optimizer = new AdamW(model.Weights, Real("weight_decay"), Real("beta1"), Real("beta2"), Real("eps"));
        var (losses, norms) = (recipe.GetProperty("losses"), recipe.GetProperty("grad_norms_before_clip"));
        for (var update = 1; update <= losses.GetArrayLength(); update++)
        {
            step.Begin(training: true);
            var loss = run();
            report.Compare($"loss before update {update}", [losses[update - 1].GetDouble()], step.Device.ToDoubles(loss), 2e-5, 1);
            if (update > norms.GetArrayLength()) return;
            step.Backward(loss);
            var norm = optimizer.GradientNorm();
            report.Compare($"norm before update {update}", [norms[update - 1].GetDouble()], [norm], 1e-4, 1);
            optimizer.Update(update, Real("lr"), Optimizer.ClipScale(norm, Real("clip_global_norm")));
        }
    }

    public void Dispose()
    {
        _values.Dispose();
        _config.Dispose();
        _golden.Dispose();
    }
}
