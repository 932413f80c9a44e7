using Retort.Checkpoints;
using Retort.Nn.Generation;
using Retort.Server.Requests;
using Retort.Server.Scheduling;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Server.Models;

/// <summary>A model that answers requests: a language model, or a classifier of texts, whose answer is a label.</summary>
public abstract class ServedModel : IDisposable
{
    /// <summary>For people.</summary>
    public abstract string Kind { get; }

    /// <summary>Most tokens that it sees, prompt and answer together.</summary>
    public abstract int Context { get; }

    /// <summary>Names of classes by number; null = it tells no classes.</summary>
    public virtual IReadOnlyList<string>? Labels => null;

    /// <summary>
    /// A folder in the Hugging Face layout (a language model, or an encoder with a classifier), a .gguf file, or hashed n-grams.
    /// </summary>
    /// <param name="path">On this machine.</param>
    /// <param name="device">Where it will live.</param>
    /// <exception cref="RetortException">It is not there, not whole, or neither of them.</exception>
    public static ServedModel Open(string path, Device device) => EncoderCheckpoint.IsOne(path)
        ? new ServedClassifier(path, device)
        : ServedNGrams.IsOne(path) ? new ServedNGrams(path, device)
        : new ServedLanguage(LanguageModel.Open(path, device));

    /// <summary>The first size of a text that cannot be read.</summary>
    private protected static ApiError TooLong(string field, int tokens, int most) => ApiError.TooLong(field,
        $"a text of '{field}' has {tokens} tokens, and the model sees at most {most} tokens. Nothing is cut silently.");

    /// <summary>What lets answers join each other; null where nothing is said token by token.</summary>
    internal virtual ContinuousBatch? Batch() => null;

    /// <summary>Ids of a conversation up to where the model is to answer.</summary>
    internal abstract int[] Ids(IReadOnlyList<(string Role, string Content)> messages, TimeProvider time);

    /// <summary>Ids of a text, or those that came in its place.</summary>
    internal abstract int[] Ids(TextInput input, string field);

    /// <summary>Begins the answers to prompts: choice number is prompt · wish.Answers + answer.</summary>
    /// <param name="scheduler">Owns the model.</param>
    /// <param name="prompts">Ids of each.</param>
    /// <param name="wish">How they are answered.</param>
    /// <param name="newTokens">Most tokens of an answer to each prompt.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="cancellation">Nobody waits any more.</param>
    internal abstract AnswerSet Begin(Scheduler scheduler, IReadOnlyList<int[]> prompts, AnswerWish wish, IReadOnlyList<int> newTokens,
        Seed seed, CancellationToken cancellation);

    /// <summary>The mean of the last hidden states over the tokens of a text, of length 1. On the scheduler's thread.</summary>
    internal abstract float[] Embed(int[] ids);

    /// <summary>ln p of each class. On the scheduler's thread.</summary>
    internal virtual double[] Classify(int[] ids) => throw ApiError.Invalid("model",
        "this model is a language model and tells no classes: ask it by /v1/chat/completions.");

    /// <param name="device">Where the states are.</param>
    /// <param name="states">[1, tokens, width]</param>
    private protected static float[] Mean(Device device, Tensor states)
    {
        int tokens = (int)states.Shape[1], width = (int)states.Shape[2];
        var all = device.ToFloats(states);
        var sums = new double[width];
        for (var i = 0; i < all.Length; i++) sums[i % width] += all[i];
        var length = Math.Sqrt(sums.Sum(value => value * value));
        return length > 0 && double.IsFinite(length) ? [.. sums.Select(value => (float)(value / length))]
            : throw new RunFailedException("embedding", $"the mean of {tokens} hidden states has length {length}.", "a finite one above 0.",
                "the weights are damaged.");
    }

    public abstract void Dispose();
}
