using Retort.Checkpoints;
using Retort.Formats.Gguf;
using Retort.Formats.HuggingFace;
using Retort.Formats.Onnx;
using Retort.Formats.Tokenizers.Vocabularies;
using Retort.Nn.Models;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Export;

/// <summary>
/// A causal language model as a folder for transformers (hf), a file for llama.cpp (gguf), or a folder for transformers.js and ONNX
/// Runtime (onnx/model.onnx beside config.json and tokenizer.json).
/// </summary>
public sealed class LanguageExport
{
    private const int LongestText = 32;

    private readonly LanguageModel _model;
    private readonly string _source, _target, _name;
    private readonly Device _device;
    private readonly int[][] _texts;
    private readonly float[] _answers;

    private LanguageExport(LanguageModel model, string source, string target, Device device)
    {
        (_model, _source, _target, _device) = (model, source, target, device);
        _name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)));
        var rows = model.Model.Sizes.Vocabulary; // an added token may lack a row
        _texts = [.. ModelExport.Texts.Select(text => model.Tokenizer.Encode(text).Ids.Where(id => id < rows)
            .Take(Math.Min(LongestText, model.Model.Sizes.Positions)).ToArray()).Where(text => text.Length > 1)];
        _answers = Answers(model.Model);
    }

    /// <param name="model">Open.</param>
    /// <param name="source">Where it was opened.</param>
    /// <param name="target">The folder of the exports; made if it is not there.</param>
    /// <param name="formats">What to write.</param>
    /// <param name="device">Where the models that are read back live.</param>
    /// <exception cref="RetortException">The model has no such form.</exception>
    /// <exception cref="RunFailedException">An export does not answer like the model.</exception>
    public static IReadOnlyList<RoundTrip> Write(LanguageModel model, string source, string target, IReadOnlyList<ExportFormat> formats,
        Device device)
    {
        var export = new LanguageExport(model, source, target, device);
        Directory.CreateDirectory(target);
        return [.. formats.Select(format => format switch
        {
            { Precision: { } precision } => export.Gguf(format.Name, precision),
            { Name: "onnx" } => export.Onnx(format.Name),
            _ => export.HuggingFace(format.Name),
        })];
    }

    private RoundTrip HuggingFace(string format)
    {
        var config = _model.Config ?? throw new RetortException(_source,
            "a GGUF file does not say all that config.json and tokenizer.json hold.", "a folder in the Hugging Face layout.", "export from the folder that the file was converted from.");
        ModelExport.CopyTexts(_source, _target);
        new LanguageCheckpoint(_model.Model, config, GenerationConfig.Read(_source)).Save(_target);
        using var back = LanguageCheckpoint.Load(_target, _device);
        return Compare(format, Answers(back.Model), _target, RoundTripBound.Of(config.StoredType));
    }

    private RoundTrip Gguf(string format, GgufPrecision precision)
    {
        var path = Path.Combine(_target, $"{_name}-{precision.Name}.gguf");
        if (_model.Config is { } config)
            GgufExport.Write(path, _name, _model.Model, config, Vocabulary(config), precision);
        else
            GgufExport.WriteAgain(_source, path, precision);
        using var back = GgufCheckpoint.Load(path, _device);
        return Compare(format, Answers(back), path, RoundTripBound.Of(precision.Name));
    }

    private IReadOnlyList<(string, GgufValue)> Vocabulary(CausalConfig config) =>
        GgufVocabularyWriter.Of(Path.Combine(_source, "tokenizer.json"), config.VocabularySize, config.BeginToken,
            _model.EndTokens is [var end, ..] ? end : null, _model.Template, config.PadToken);

    private RoundTrip Onnx(string format)
    {
        var graph = DecoderOnnx.GraphOf(_model.Model);
        var path = Path.Combine(_target, ModelExport.OnnxFolder, StudentExport.OnnxFile);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (_model.Config is { } config)
        {
            ModelExport.CopyTexts(_source, _target);
            CausalConfigWriter.Write(Path.Combine(_target, CausalConfig.File), config);
            GenerationConfig.Read(_source)?.Write(_target);
        }
        OnnxWriter.Write(path, graph);
        using var program = new OnnxProgram(OnnxReader.Read(path), _device);
        return Compare(format, [.. _texts.SelectMany(text => OnnxAnswers(program, text))], path, RoundTripBound.Same);
    }

    private RoundTrip Compare(string format, float[] found, string path, RoundTripBound bound) =>
        RoundTrip.Compare(format, _answers, found, _model.Model.Sizes.Vocabulary).Within(path, bound);

    /// <summary>Logits of all texts, one below the other.</summary>
    private float[] Answers(Gpt model)
    {
        using var step = new Step(_device);
        return [.. _texts.SelectMany(text =>
        {
            step.Begin(training: false);
            var states = model.States(step, step.Constant(new Shape(1, text.Length), text.AsSpan()));
            return _device.ToFloats(step.Linear(Gpt.Rows(step, states), model.Head));
        })];
    }

    /// <summary>The first half of a text, and the second behind what the graph remembers of the first.</summary>
    private float[] OnnxAnswers(OnnxProgram program, int[] text)
    {
        var shape = _model.Model.Sizes;
        var nothing = OnnxArray.Of([1, shape.KeyHeads, 0, shape.HeadWidth], Array.Empty<float>());
        var past = Enumerable.Repeat<OnnxValue>(nothing, 2 * shape.Layers);
        var logits = new List<float>();
        foreach (var (from, to) in new[] { (0, text.Length / 2), (text.Length / 2, text.Length) })
        {
            OnnxValue Row(IEnumerable<int> values)
            {
                long[] row = [.. values.Select(value => (long)value)];
                return OnnxArray.Of([1, row.Length], row);
            }
            var (ids, mask, positions) = (Row(text[from..to]), Row(Enumerable.Repeat(1, to)), Row(Enumerable.Range(from, to - from)));
            var outputs = program.Run([ids, mask, positions, .. past]);
            logits.AddRange(((OnnxArray)outputs[0]).Floats());
            past = outputs.Skip(1);
        }
        return [.. logits];
    }
}
