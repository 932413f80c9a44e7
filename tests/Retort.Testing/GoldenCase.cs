using System.Text.Json;
using Retort.Objectives;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Testing;

/// <summary>One case of a loss file, on a device: what it gives is a variable where the file has its gradient, else a constant.</summary>
public sealed class GoldenCase
{
    private readonly JsonElement _parameters;
    private readonly Dictionary<string, GoldenTensor> _given;
    private readonly Dictionary<string, Tensor> _tensors;

    /// <param name="step">A training step of its own.</param>
    /// <param name="element">The case.</param>
    public GoldenCase(Step step, JsonElement element)
    {
        Step = step;
        _parameters = element.GetProperty("params");
        _given = GoldenTensor.All(element.GetProperty("inputs"));
        Gradients = element.TryGetProperty("gradients", out var gradients) ? GoldenTensor.All(gradients) : [];
        Expected = element.TryGetProperty("outputs", out var outputs) ? GoldenTensor.All(outputs) : [];
        Loss = element.TryGetProperty("loss", out var loss) && loss.ValueKind == JsonValueKind.Number ? loss.GetDouble() : null;
        Single = element.GetProperty("compute_dtype").GetString() == "float32";
        _tensors = _given.ToDictionary(pair => pair.Key, pair => pair.Value.On(step, Gradients.ContainsKey(pair.Key)));
    }

    public Step Step { get; }

    /// <summary>The reference computed in float32.</summary>
    public bool Single { get; }
    public double? Loss { get; }
    public Dictionary<string, GoldenTensor> Gradients { get; }

    /// <summary>What the reference gave beside the loss, and what ours gave.</summary>
    public Dictionary<string, GoldenTensor> Expected { get; }
    public Dictionary<string, Tensor> Outputs { get; } = [];

    public Tensor this[string name] => _tensors[name];
    public bool Has(string name) => _given.ContainsKey(name);
    public double[] Values(string name) => _given[name].Values;
    public int[] Integers(string name) => _given[name].Integers;
    public double Real(string key, double otherwise = 1) => _parameters.TryGetProperty(key, out var value) ? value.GetDouble() : otherwise;
    public double[] Reals(string key) => [.. _parameters.GetProperty(key).EnumerateArray().Select(value => value.GetDouble())];
    public bool HasReals(string key) => _parameters.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Array;
    public bool Flag(string key) => _parameters.GetProperty(key).GetBoolean();
    public string Text(string key) => _parameters.GetProperty(key).GetString()!;
    public double Temperature => Real("temperature");

    /// <summary>[…, C] as [rows, C].</summary>
    public Tensor Rows(string name) =>
        Step.Reshape(this[name], new Shape(this[name].Shape.CountOf(0, this[name].Shape.Rank - 1), this[name].Shape[-1]));

    /// <summary>Student, classes and teacher of the case. A mask of 0 means that a row does not count.</summary>
    public Signals Signals()
    {
        int[] classes = Has("labels")
            ? Integers("labels")
            : Has("mask")
            ? [.. Integers("mask").Select(counts => counts == 0 ? Objectives.Signals.Ignored : 0)]
            : [];
        return new Signals(Rows("student"), classes, Has("teacher") ? TeacherTarget.Logits(Rows("teacher")) : TopK());
    }

    /// <summary>Kept classes in ascending order, as labels are stored.</summary>
    private TeacherTarget TopK()
    {
        var kept = (int)_given["teacher_ids"].Shape[-1];
        var rows = Integers("teacher_ids")
            .Zip(Values("teacher_logprobs"))
            .Chunk(kept)
            .Select(row => row.OrderBy(pair => pair.First).ToArray())
            .ToArray();
        var shape = new Shape(rows.Length, kept);
        return TeacherTarget.TopK(
            Step.Constant(shape, [.. rows.SelectMany(row => row.Select(pair => pair.First))]),
            Step.Constant(shape, [.. rows.SelectMany(row => row.Select(pair => pair.Second))]),
            Step.Constant(new Shape(rows.Length), [.. rows.Select(row => 1 - row.Sum(pair => Math.Exp(pair.Second)))]));
    }
}
