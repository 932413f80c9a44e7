using Retort.Checkpoints;
using Retort.Formats.Tokenizers;
using Retort.Nn.Generation;
using Retort.Server.Requests;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Server.Models;

/// <summary>An encoder with a classifier.</summary>
internal sealed class ServedClassifier : ServedLabels
{
    private readonly EncoderCheckpoint _checkpoint;
    private readonly Tokenizer _tokenizer;
    private readonly Step _step;

    /// <exception cref="RetortException">The folder is not whole, or its encoder is a masked-language model.</exception>
    public ServedClassifier(string folder, Device device)
    {
        _tokenizer = TokenizerFolder.Read(folder);
        _checkpoint = EncoderCheckpoint.Load(folder, device);
        _step = new Step(device, "classifier");
        if (_checkpoint.Config.Masked)
            throw Refused(new RetortException(folder, "is a masked-language model.", "a classifier of texts, or a causal language model.",
                "serve the student that was made of it."));
        if (_tokenizer.Size > _checkpoint.Config.VocabularySize)
            throw Refused(new RetortException(folder,
                $"the tokenizer has {_tokenizer.Size} ids, the model {_checkpoint.Config.VocabularySize} rows.", "no id without a row.",
                "use the tokenizer that the model was trained with."));
    }

    public override int Context => _checkpoint.Config.Positions;
    public override IReadOnlyList<string> Labels => _checkpoint.Config.Classes;

    internal override int[] Ids(TextInput input, string field)
    {
        var ids = input.Ids ?? [.. _tokenizer.Encode(input.Text!).Ids];
        foreach (var id in ids)
            if (id < 0 || id >= _tokenizer.Size)
                throw ApiError.Invalid(field, $"'{field}' has token {id}; the model's are 0 to {_tokenizer.Size - 1}.");
        if (ids.Length == 0) throw ApiError.Invalid(field, $"'{field}' has a text without a token.");
        return ids.Length <= Context ? ids : throw TooLong(field, ids.Length, Context);
    }

    internal override float[] Embed(int[] ids)
    {
        _step.Begin(training: false);
        return Mean(_step.Device, _checkpoint.Model.States(_step, _step.Constant(new Shape(1, ids.Length), ids.AsSpan())));
    }

    internal override double[] Classify(int[] ids)
    {
        _step.Begin(training: false);
        var logits = _step.Device.ToFloats(_checkpoint.Model.Forward(_step, _step.Constant(new Shape(1, ids.Length), ids.AsSpan())));
        if (logits.FirstOrDefault(logit => !float.IsFinite(logit), 0f) is var bad && !float.IsFinite(bad))
            throw new RunFailedException("classifier", $"a logit is {bad}.", "finite logits.", "the weights are damaged.");
        return [.. Enumerable.Range(0, logits.Length).Select(number => NextToken.LogProbability(logits, number))];
    }

    private RetortException Refused(RetortException reason)
    {
        Dispose();
        return reason;
    }

    public override void Dispose()
    {
        _step.Dispose();
        _checkpoint.Dispose();
    }
}
