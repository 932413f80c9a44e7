using Retort.Formats.HuggingFace;
using Retort.Formats.Tokenizers;
using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Checkpoints;

/// <summary>
/// What makes one vector of length 1 of a text: an encoder with its tokenizer, or a language model, of which the mean of the last hidden
/// states is taken.
/// </summary>
public sealed class SentenceModel : IDisposable
{
    private readonly IDisposable _model;
    private readonly Tokenizer _tokenizer;
    private readonly Func<Step, Tensor, Tensor> _embed;
    private readonly Step _step;

    private SentenceModel(IDisposable model, Tokenizer tokenizer, int longest, Func<Step, Tensor, Tensor> embed, Device device)
    {
        (_model, _tokenizer, Longest, _embed) = (model, tokenizer, longest, embed);
        _step = new Step(device, "sentences");
    }

    /// <summary>Most tokens of a text.</summary>
    public int Longest { get; }

    /// <param name="path">A folder in the Hugging Face layout, or a .gguf file.</param>
    /// <param name="device">Where it will live.</param>
    /// <exception cref="RetortException">A part is missing, or the parts do not fit each other.</exception>
    public static SentenceModel Open(string path, Device device)
    {
        var config = Path.Combine(path, CausalConfig.File);
        return File.Exists(config) && EncoderConfig.IsOne(config) ? OfEncoder(path, device) : OfLanguage(path, device);
    }

    /// <summary>Ids of a text, with what the tokenizer puts around it.</summary>
    /// <param name="text">What was said.</param>
    /// <param name="place">How errors call it.</param>
    /// <param name="cuts">A longer text loses what is before its last token, as texts of a recipe do; else it is refused.</param>
    /// <exception cref="RetortException">It has no token, or more than the model has positions.</exception>
    public int[] Tokens(string text, string place, bool cuts = false)
    {
        int[] ids = [.. _tokenizer.Encode(text).Ids];
        if (cuts && ids.Length > Longest) return [.. ids[..(Longest - 1)], ids[^1]];
        return ids.Length > 0 && ids.Length <= Longest ? ids : throw new RetortException(place, $"has {ids.Length} tokens.",
            $"from 1 to {Longest}: the model knows no position beyond, and nothing is cut silently.", "shorten the text, or let it be cut.");
    }

    /// <summary>Whether a text has a token, and no more than the model has positions.</summary>
    public bool Fits(string text)
    {
        var count = _tokenizer.Encode(text).Ids.Length;
        return count > 0 && count <= Longest;
    }

    /// <summary>The vector of a text, for itself: it does not depend on other texts.</summary>
    /// <param name="tokens">Of <see cref="Tokens"/>.</param>
    public float[] Embed(int[] tokens)
    {
        _step.Begin(training: false);
        return _step.Device.ToFloats(_embed(_step, _step.Constant(new Shape(1, tokens.Length), tokens.AsSpan())));
    }

    public void Dispose()
    {
        _step.Dispose();
        _model.Dispose();
    }

    private static SentenceModel OfEncoder(string folder, Device device)
    {
        var tokenizer = TokenizerFolder.Read(folder);
        var checkpoint = EncoderCheckpoint.Load(folder, device);
        if (tokenizer.Size <= checkpoint.Config.VocabularySize)
            return new(checkpoint, tokenizer, checkpoint.Config.Positions, checkpoint.Model.Embed, device);
        checkpoint.Dispose();
        throw new RetortException(folder, $"the tokenizer has {tokenizer.Size} ids, the model {checkpoint.Config.VocabularySize} rows.",
            "no id without a row.", "use the tokenizer that the model was trained with.");
    }

    private static SentenceModel OfLanguage(string path, Device device)
    {
        var language = LanguageModel.Open(path, device);
        return new(language, language.Tokenizer, language.Model.Sizes.Positions, (step, tokens) =>
            step.UnitLength(step.MeanOfPlaces(language.Model.States(step, tokens), [])), device);
    }
}
