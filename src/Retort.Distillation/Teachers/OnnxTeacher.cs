using System.Globalization;
using Retort.Data.Tables;
using Retort.Formats.Onnx;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Teachers;

/// <summary>
/// Any classifier in an ONNX file: one input for the examples, and an output with a number a class. Probabilities become logits by their
/// logarithm: a model that ends in Softmax or is a classic classifier gives them, and so does one whose first answers all are
/// distributions.
/// </summary>
public sealed class OnnxTeacher : IInProcessTeacher
{
    /// <summary>A probability of exactly 0 is not a reason for an infinite logit.</summary>
    private const float Least = 1e-7f;

    private readonly OnnxModel _model;
    private readonly Device _device;
    private readonly Dictionary<string, Tensor> _tapped = [];
    private readonly OnnxValueInfo _input;
    private readonly int[] _shape;
    private readonly int _fixedBatch, _answer;
    private readonly double _scale;
    private readonly TableLayout? _layout;
    private IOnnxProgram _program;
    private IReadOnlyDictionary<string, Shape> _taps = new Dictionary<string, Shape>();
    private bool? _isProbability;

    /// <param name="model">Read from a file.</param>
    /// <param name="program">Runs it; it ends with the teacher.</param>
    /// <param name="device">Where hidden values are computed.</param>
    /// <param name="exampleShape">Shape of the examples to be labelled.</param>
    /// <param name="classes">Classes of the data.</param>
    /// <param name="scale">What examples are multiplied by: 255 for a model of raw pixels.</param>
    /// <param name="layout">Of a table, whose numbers go in as its file has them; null = examples go in as they are.</param>
    /// <exception cref="RetortException">The model is for other examples or classes.</exception>
    public OnnxTeacher(OnnxModel model, IOnnxProgram program, Device device, IReadOnlyList<int> exampleShape, int classes, double scale = 1,
        TableLayout? layout = null)
    {
        (_model, _device, Classes, _scale, _layout) = (model, device, classes, scale, layout);
        _program = program;
        try
        {
            if (_program.Inputs.Count != 1)
                throw new RetortException(model.Location, $"the graph has {_program.Inputs.Count} inputs: {string.Join(", ", _program.Inputs.Select(input => input.Name))}.",
                    "one, for the examples.", "export the classifier alone.");
            _input = _program.Inputs[0];
            int[] given = layout is null ? [.. exampleShape] : [layout.Columns.Count(column => column.Kind == ColumnKind.Number)];
            (_shape, _fixedBatch) = Fitting(model.Location, given);
            _answer = FindAnswer(model.Location);
            _isProbability = ProbabilityOutput.Tells(model.Graph, _program.Outputs[_answer]);
        }
        catch
        {
            _program.Dispose();
            throw;
        }
    }

    public Offers Offers => Offers.HardLabels | Offers.DenseLogits;
    public int Classes { get; }

    /// <summary>The same model answers a little differently where another program runs it.</summary>
    public string Hash => _model.Hash + (_program is OnnxProgram ? "" : $"-{_program.GetType().Name}")
        + (_scale == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-x{_scale:R}"));

    /// <summary>Every value that a node makes.</summary>
    public IReadOnlyList<string> TapNames => OnnxTaps.Names(_model.Graph);
    public IReadOnlyDictionary<string, Tensor> Tapped => _tapped;

    /// <summary>Whether a teacher's path names a model of this kind.</summary>
    public static bool Knows(string path) => path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(".onnx.gz", StringComparison.OrdinalIgnoreCase);

    public void Label(ReadOnlySpan<float> examples, int count, Span<float> logits) => Ask(examples, count, logits, []);

    /// <summary>Hidden values come from the managed executor, and the answers beside them then do too.</summary>
    public IReadOnlyDictionary<string, Shape> Watch(IReadOnlyList<string> taps)
    {
        OnnxTaps.Check(_model, taps);
        _tapped.Clear();
        _taps = new Dictionary<string, Shape>();
        if (taps.Count == 0) return _taps;
        string[] names = [.. taps.Distinct()];
        var program = new OnnxProgram(_model, _device, names);
        _program.Dispose();
        _program = program;
        // two batches tell a row an example from a constant of as many rows
        foreach (var batch in _fixedBatch > 0 ? [_fixedBatch] : new[] { 2, 3 })
        {
            var hidden = Hidden(Run(new float[batch * Size], batch), names.Length);
            var found = names.Zip(hidden, (name, value) => (name, OnnxTaps.ShapeOf(_model.Location, name, value, batch)))
                .ToDictionary(pair => pair.name, pair => pair.Item2);
            if (_taps.FirstOrDefault(tap => tap.Value != found[tap.Key]) is { Key: { } changing })
                throw new RetortException(_model.Location, $"the value '{changing}' has another shape in another batch.", "a row an example.",
                    "compare another value.");
            _taps = found;
        }
        return _taps;
    }

    public Tensor Answer(Step step, Tensor examples)
    {
        if (step.Recording)
            throw new RetortException(_model.Location, "gradients were asked through an ONNX model.", "answers.",
                "use a teacher of source train.");
        var count = (int)examples.Shape[0];
        var (logits, hidden) = (new float[count * Classes], _taps.Values.Select(shape => new float[count * shape.Count]).ToArray());
        Ask(step.Device.ToFloats(examples), count, logits, hidden);
        foreach (var ((name, shape), values) in _taps.Zip(hidden))
            _tapped[name] = step.Constant(new Shape([count, .. shape.ToArray()]), values);
        return step.Constant(new Shape(count, Classes), logits);
    }

    /// <param name="examples">[count, …example]</param>
    /// <param name="count">Examples.</param>
    /// <param name="logits">[count, Classes]</param>
    /// <param name="hidden">[count, …] of each tap.</param>
    private void Ask(ReadOnlySpan<float> examples, int count, Span<float> logits, float[][] hidden)
    {
        if (count == 0) return;
        var rows = _layout is null ? examples.ToArray() : _layout.Raw(examples);
        if (_scale != 1)
            for (var i = 0; i < rows.Length; i++) rows[i] = (float)(rows[i] * _scale);
        var size = rows.Length / count;
        var batch = _fixedBatch > 0 ? _fixedBatch : count;
        for (var first = 0; first < count; first += batch)
        {
            var part = new float[batch * size];
            var real = Math.Min(batch, count - first);
            rows.AsSpan(first * size, real * size).CopyTo(part);
            var outputs = Run(part, batch);
            Rows(outputs[_answer])!.Floats().AsSpan(0, real * Classes).CopyTo(logits[(first * Classes)..]);
            foreach (var (value, values) in Hidden(outputs, hidden.Length).Zip(hidden))
            {
                var width = values.Length / count;
                ((OnnxArray)value).Floats().AsSpan(0, real * width).CopyTo(values.AsSpan(first * width));
            }
        }
        _isProbability ??= ProbabilityOutput.AreDistributions(logits[..(count * Classes)], Classes);
        if (_isProbability == true)
            foreach (ref var logit in logits[..(count * Classes)]) logit = MathF.Log(MathF.Max(logit, Least));
    }

    /// <summary>Taps stand behind the graph's outputs.</summary>
    private static IEnumerable<OnnxValue> Hidden(IReadOnlyList<OnnxValue> outputs, int taps) => outputs.Skip(outputs.Count - taps);

    private int Size => _shape.Aggregate(1, (product, extent) => product * extent);

    public void Dispose() => _program.Dispose();

    private IReadOnlyList<OnnxValue> Run(float[] rows, int batch) => _program.Run([Input(rows, batch)]);

    private OnnxArray Input(float[] rows, int batch)
    {
        var type = _input.Type == OnnxType.Undefined ? OnnxType.Float : _input.Type;
        return OnnxArray.Of([batch, .. _shape], rows).CastTo(type);
    }

    private static OnnxArray? Rows(OnnxValue value) => value is OnnxMaps maps ? maps.Rows : value as OnnxArray;

    /// <summary>The example's shape as the graph wants it, and its batch where that is fixed (0 = free).</summary>
    private (int[] Shape, int Batch) Fitting(string location, int[] given)
    {
        if (_input.Shape is not { } declared) return (given, 0);
        var wanted = declared.Skip(1).ToArray();
        if (declared.Count == 0 || wanted.Length != given.Length || wanted.Zip(given).Any(pair => pair.First > 0
            && pair.First != pair.Second))
            throw new RetortException(location, $"its input '{_input.Name}' takes [{string.Join(", ", declared.Select(extent => extent < 0 ? "N" : $"{extent}"))}].",
                $"[N, {string.Join(", ", given)}], as the data have.", "use the data that this teacher was trained on.");
        return (given, declared[0] > 0 ? checked((int)declared[0]) : 0);
    }

    /// <summary>Runs on an example of zeros and takes the first output of floats with one number a class.</summary>
    private int FindAnswer(string location)
    {
        var batch = Math.Max(1, _fixedBatch);
        var outputs = Run(new float[batch * Size], batch);
        for (var i = 0; i < outputs.Count; i++)
            if (Rows(outputs[i]) is { IsFloat: true } rows && rows.Count == batch * Classes) return i;
        throw new RetortException(location, $"its outputs are {string.Join(", ", outputs.Select((output, i) => $"{_program.Outputs[i]} {Describe(output)}"))}.",
            $"one of floats [N, {Classes}], for the {Classes} classes of the data.", "use data with the classes of this teacher.");
    }

    private static string Describe(OnnxValue output) => Rows(output) is { } rows ? $"{rows.Type}[{string.Join(", ", rows.Shape)}]" : "(a sequence)";
}
