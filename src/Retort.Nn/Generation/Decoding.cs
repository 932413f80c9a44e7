using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Nn.Generation;

/// <summary>
/// Answers of a model to a batch of prompts, token by token with a cache. The draws of a prompt depend on its own number and place alone,
/// not on its neighbours; answers that have ended leave the batch.
/// </summary>
public sealed record Decoding
{
    /// <summary>Most tokens of an answer.</summary>
    public required int NewTokens { get; init; }

    /// <summary>Null = the likeliest token is taken.</summary>
    public Sampling? Sampling { get; init; }

    /// <summary>Ids that texts can have. Rows of a padded vocabulary beyond them are nobody's: their logits are −∞.</summary>
    public int Tokens { get; init; } = int.MaxValue;

    /// <summary>Any of them ends an answer.</summary>
    public IReadOnlyList<int> EndTokens { get; init; } = [];

    /// <summary>An answer that ends like one of them has ended.</summary>
    public IReadOnlyList<int[]> StopSequences { get; init; } = [];

    /// <summary>Of each token so many likeliest ones are kept, in <see cref="Continuation.Likeliest"/>.</summary>
    public int TopLogProbabilities { get; init; }

    /// <summary>Of the draws.</summary>
    public Seed Seed { get; init; }

    /// <summary>Told each token as it comes, with the number of its prompt; what it throws stops the decoding.</summary>
    public Action<int, int>? Said { get; init; }

    /// <param name="model">Built.</param>
    /// <param name="prompts">Tokens of each, at least one.</param>
    /// <returns>One answer a prompt, in their order.</returns>
    /// <exception cref="RetortException">A setting or a prompt makes no sense, or prompt and answer together are too long.</exception>
    public IReadOnlyList<Answer> Answers(Gpt model, IReadOnlyList<int[]> prompts)
    {
        Checked();
        TokenBatch.Check(model.Sizes, prompts, NewTokens);
        var choice = new TokenChoice(Sampling, Tokens);
        var device = model.Head.Device;
        using var step = new Step(device, "decoding");
        var longest = prompts.Max(prompt => prompt.Length);
        var texts = prompts.Select((prompt, number) => new Continuation(this, choice, prompt, number)).ToArray();
        var running = texts.ToList();
        using var cache = new KeyValueCache(device, model.Sizes, longest + NewTokens - 1,
            [.. prompts.Select(prompt => longest - prompt.Length)]);
        var logits = new float[model.Sizes.Vocabulary];
        int[] input = [.. prompts.SelectMany(prompt => Enumerable.Repeat(0, longest - prompt.Length).Concat(prompt))];
        while (true)
        {
            step.Begin(training: false);
            var tokens = step.Constant(new Shape(running.Count, input.Length / running.Count), input.AsSpan());
            var states = model.States(step, tokens, cache);
            var last = step.Slice(states, 1, tokens.Shape[1] - 1, 1);
            var all = step.Linear(Gpt.Rows(step, last), model.Head);
            for (var row = 0; row < running.Count; row++)
            {
                device.Read(all.Part(row * (long)logits.Length, new Shape(logits.Length)), logits.AsSpan());
                running[row].Extend(logits);
            }
            int[] going = [.. Enumerable.Range(0, running.Count).Where(row => running[row].End is null)];
            if (going.Length == 0) return [.. texts.Select(text => text.Answer)];
            if (going.Length < running.Count)
            {
                cache.Keep(step, going);
                running = [.. going.Select(row => running[row])];
            }
            input = [.. running.Select(text => text.Tokens[^1])];
        }
    }

    /// <summary>This, when it makes sense.</summary>
    /// <exception cref="RetortException">It does not.</exception>
    internal Decoding Checked()
    {
        if (NewTokens < 1) throw new RetortException("decoding", $"{NewTokens} new tokens.", "1 or more.");
        if (Tokens < 1) throw new RetortException("decoding", $"{Tokens} ids that texts can have.", "1 or more.");
        if (StopSequences.Any(stop => stop.Length == 0)) throw new RetortException("decoding", "an empty stop sequence.", "one token or more.");
        return this;
    }
}
