using Retort.Checkpoints;
using Retort.Formats.HuggingFace;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort;

/// <summary>
/// Bytes that training a language model takes. What a step keeps is not guessed: steps of one and of two layers, of few and of more tokens,
/// are made at the model's own widths, and what they took is a + b·layers + c·tokens + d·layers·tokens.
/// </summary>
/// <param name="Fixed">Weights, gradients, moments and averages of who learns, and the weights of who teaches.</param>
/// <param name="Step">Temporaries of the largest step.</param>
internal sealed record LanguageMemory(long Fixed, long Step)
{
    private const int Few = 32, More = 64, LeastVocabulary = 2;

    public long Bytes => Fixed + Step;

    /// <param name="config">Who learns.</param>
    /// <param name="training">Optimiser, rows of a batch and its parts.</param>
    /// <param name="teacher">Who answers in the loop; null = nobody.</param>
    /// <param name="contextLength">Tokens of a row.</param>
    /// <param name="said">Share of the tokens that are to be said.</param>
    /// <param name="device">Where the small steps are made.</param>
    public static LanguageMemory Of(CausalConfig config, TrainingRecipe training, CausalConfig? teacher, int contextLength, double said,
        Device device)
    {
        var parts = Math.Min(training.Accumulate, training.BatchSize);
        var tokens = (training.BatchSize + parts - 1) / parts * (long)contextLength;
        var again = training.RecomputeBlocks;
        var answers = teacher is null ? 0
            : Extrapolated(teacher, tokens, (small, count) => Forward(small, count, true, device, training: false));
        var forward = Extrapolated(config, tokens, (small, count) => Forward(small, count, again, device, training: true));
        var whole = Extrapolated(config, tokens, (small, count) => Walked(small, count, again, said, device));
        // logits live a chunk at a time, between the way there and the way back, beside the states of their tokens and their gradients
        var counted = (long)(said * tokens);
        var logits = Math.Min(counted, HeadLossOperation.ChunkRows(config.VocabularySize)) * config.VocabularySize * sizeof(float)
            * (teacher is null ? 1 : 2);
        long gathered = 2 * counted * config.HiddenSize * sizeof(float), taught = counted * (teacher?.HiddenSize ?? 0) * sizeof(float);
        var known = teacher is null ? 0 : sizeof(float) * Parameters(teacher);
        return new((Copies(training) + 1) * sizeof(float) * Parameters(config) + known, // one more: gradients
            taught + Math.Max(answers + taught, Math.Max(forward + gathered + logits, whole))); // the teacher is done before the student
    }

    /// <summary>
    /// Numbers that training holds for each weight, and that a checkpoint has: itself, moments, averages, the best so far.
    /// </summary>
    public static int Copies(TrainingRecipe training) => 1 + (training.Optimizer == "adamw" ? 2 : training.Momentum > 0 ? 1 : 0)
        + (training.EmaDecay > 0 ? 1 : 0) + (training.Patience > 0 ? 1 : 0);

    private static long Parameters(CausalConfig config)
    {
        using var model = LanguageCheckpoint.Create(config);
        return model.Weights.Count;
    }

    /// <summary>What a step of this many tokens and of all layers takes, from four small ones.</summary>
    private static long Extrapolated(CausalConfig config, long tokens, Func<CausalConfig, int, long> measure)
    {
        CausalConfig WithLayers(int layers) => config with
        {
            Layers = layers, Windows = [.. config.Windows.Take(layers)], VocabularySize = LeastVocabulary, TiedHead = false,
            Positions = More, BeginToken = null, PadToken = null, EndTokens = [],
        };
        if (config.Layers == 1)
        {
            var (few, more) = (measure(WithLayers(1), Few), measure(WithLayers(1), More));
            return few + (more - few) * (tokens - Few) / (More - Few);
        }
        long AllLayers(int count)
        {
            var (one, two) = (measure(WithLayers(1), count), measure(WithLayers(2), count));
            return one + (two - one) * (config.Layers - 1);
        }
        var (small, large) = (AllLayers(Few), AllLayers(More));
        return small + (large - small) * (tokens - Few) / (More - Few);
    }

    /// <summary>On the way there: what stays for the way back; of a model that only answers, the most that it takes.</summary>
    private static long Forward(CausalConfig config, int tokens, bool again, Device device, bool training)
    {
        using var model = Built(config, again, device);
        using var step = new Step(device, "plan");
        step.Begin(training);
        _ = States(step, model, tokens);
        return training ? step.UsedBytes : step.HighWaterBytes;
    }

    /// <summary>There and back.</summary>
    private static long Walked(CausalConfig config, int tokens, bool again, double said, Device device)
    {
        using var model = Built(config, again, device);
        using var step = new Step(device, "plan");
        for (var turn = 0; turn < 2; turn++) // the second one lies in one block
        {
            step.Begin(training: true);
            int[] places = [.. Enumerable.Range(0, Math.Max(1, (int)(said * tokens)))];
            var hidden = step.Embedding(States(step, model, tokens), step.Constant(new Shape(places.Length), places.AsSpan()));
            var labels = step.Constant(new Shape(places.Length), new int[places.Length]);
            step.Backward(step.HeadLoss(hidden, model.Head, null, RowLossTerms.HardOnly(), labels).Loss);
        }
        return step.HighWaterBytes;
    }

    private static Tensor States(Step step, Gpt model, int tokens)
    {
        var shape = new Shape(1, tokens);
        int[] ones = [.. Enumerable.Repeat(1, tokens)];
        return Gpt.Rows(step, model.States(step, step.Constant(shape, new int[tokens]), step.Constant(shape, ones), packed: true));
    }

    private static Gpt Built(CausalConfig config, bool again, Device device)
    {
        var model = LanguageCheckpoint.Create(config);
        model.RecomputesBlocks = again;
        model.Build(device, new Seed(1));
        return model;
    }
}
