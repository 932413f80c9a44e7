using Retort.Checkpoints;
using Retort.Formats.HuggingFace;
using Retort.Formats.Onnx;
using Retort.Formats.Tokenizers;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Export;

/// <summary>
/// A classifier of texts as a folder for transformers (hf), or for transformers.js and ONNX Runtime (onnx/model.onnx beside config.json
/// and tokenizer.json); an encoder of sentences also for sentence-transformers.
/// </summary>
internal sealed class EncoderExport
{
    private readonly EncoderCheckpoint _checkpoint;
    private readonly string _source, _target;
    private readonly Device _device;
    private readonly int[][] _texts;
    private readonly float[] _answers, _sentences;

    private EncoderExport(EncoderCheckpoint checkpoint, string source, string target, Device device)
    {
        (_checkpoint, _source, _target, _device) = (checkpoint, source, target, device);
        var tokenizer = TokenizerFolder.Read(source);
        if (tokenizer.Size > checkpoint.Config.VocabularySize)
            throw new RetortException(source, $"the tokenizer has {tokenizer.Size} ids, the model {checkpoint.Config.VocabularySize} rows.",
                "no id without a row.", "use the tokenizer that the model was trained with.");
        _texts = [.. ModelExport.Texts.Select(text => tokenizer.Encode(text).Ids.Take(checkpoint.Config.Positions).ToArray())];
        (_answers, _sentences) = (Answers(checkpoint), Sentences(checkpoint));
    }

    public static IReadOnlyList<RoundTrip> Write(string source, string target, IReadOnlyList<ExportFormat> formats, Device device)
    {
        if (formats.FirstOrDefault(format => format.Precision is not null) is { } gguf)
            throw new RetortException(source, $"a classifier of texts has no {gguf.Name}.", "onnx or hf.");
        using var checkpoint = EncoderCheckpoint.Load(source, device);
        if (checkpoint.Config.Masked)
            throw new RetortException(source, "is a masked-language model.", "a classifier of texts.",
                "export the student that was made of it.");
        var export = new EncoderExport(checkpoint, source, target, device);
        return [.. formats.Select(format => format.Name == "onnx" ? export.Onnx(format.Name) : export.HuggingFace(format.Name))];
    }

    private RoundTrip HuggingFace(string format)
    {
        ModelExport.CopyTexts(_source, _target);
        _checkpoint.Save(_target);
        using var back = EncoderCheckpoint.Load(_target, _device);
        return Compare(format, Answers(back), Sentences(back), _target, RoundTripBound.Of(_checkpoint.Config.StoredType));
    }

    private RoundTrip Onnx(string format)
    {
        var graph = EncoderOnnx.GraphOf(_checkpoint.Model, IsOfSentences);
        var path = Path.Combine(_target, ModelExport.OnnxFolder, StudentExport.OnnxFile);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        ModelExport.CopyTexts(_source, _target);
        EncoderConfigWriter.Write(Path.Combine(_target, CausalConfig.File), _checkpoint.Config);
        OnnxWriter.Write(path, graph);
        using var program = new OnnxProgram(OnnxReader.Read(path), _device);
        var found = _texts.Select(text => program.Run([.. Inputs(text).Take(program.Inputs.Count)
            .Select(row => OnnxArray.Of([1, row.Length], Array.ConvertAll(row, value => (long)value)))])).ToList();
        float[] Output(int number) => [.. found.SelectMany(values => ((OnnxArray)values[number]).Floats())];
        return Compare(format, Output(0), IsOfSentences ? Output(1) : [], path, RoundTripBound.Same);
    }

    private RoundTrip Compare(string format, float[] found, float[] sentences, string path, RoundTripBound bound)
    {
        var answers = RoundTrip.Compare(format, _answers, found, _checkpoint.Config.Classes.Count);
        return (IsOfSentences ? answers.WithSentences(_sentences, sentences, _texts.Length) : answers).Within(path, bound);
    }

    private bool IsOfSentences => _checkpoint.Config.Sentences is not null;

    /// <summary>Ids, mask and types.</summary>
    private static int[][] Inputs(int[] text) => [text, [.. text.Select(_ => 1)], [.. text.Select(_ => 0)]];

    private float[] Answers(EncoderCheckpoint checkpoint) => Asked(checkpoint.Model.Forward);

    private float[] Sentences(EncoderCheckpoint checkpoint) => IsOfSentences ? Asked(checkpoint.Model.Embed) : [];

    private float[] Asked(Func<Step, Tensor, Tensor> model)
    {
        using var step = new Step(_device);
        return [.. _texts.SelectMany(text =>
        {
            step.Begin(training: false);
            return _device.ToFloats(model(step, step.Constant(new Shape(1, text.Length), text.AsSpan())));
        })];
    }
}
