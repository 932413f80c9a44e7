using Retort.Data.Text;
using Retort.Evaluation.Language;
using Retort.Nn.Models;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort;

/// <summary>What language models say about the tokens of the test part, a few of them at a time.</summary>
internal static class TokenScoring
{
    private const int Rows = 16;
    private const long ChunkElements = 1 << 22;

    /// <summary>All models read the same rows, and their logits are compared with the first's.</summary>
    /// <param name="device">Where they are.</param>
    /// <param name="models">With their numbers.</param>
    /// <param name="texts">Whose test part.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    public static TokenScore[] Of(Device device, Gpt[] models, TextData texts, CancellationToken cancellation)
    {
        var documents = texts.Test.Documents;
        TokenScore[] scores = [.. models.Select(_ => new TokenScore(documents.Count))];
        using var step = new Step(device, "examination");
        var block = new TokenBlock(Rows, texts.ContextLength);
        var vocabulary = models.Max(model => model.Sizes.Vocabulary);
        var most = (int)Math.Max(1, ChunkElements / vocabulary);
        float[][] logits = [.. models.Select(model => new float[most * (long)model.Sizes.Vocabulary])];
        foreach (var rows in Packing.Rows([.. documents.Select(document => document.Tokens.Length)], texts.ContextLength).Chunk(Rows))
        {
            cancellation.ThrowIfCancellationRequested();
            block.Fill([.. rows.Select(row => (IReadOnlyList<TextDocument>)[.. row.Select(number => documents[number])])]);
            int[] owners = [.. rows.SelectMany(row => row).SelectMany(number => Enumerable.Repeat(number, documents[number].Targets))];
            foreach (var places in block.Counted(..).Index().Chunk(most))
            {
                step.Begin(training: false);
                for (var i = 0; i < models.Length; i++)
                {
                    var hidden = TokenPredictor.Hidden(step, models[i], block, [.. places.Select(place => place.Item)]);
                    var made = step.Linear(hidden, models[i].Head);
                    device.Read(made, logits[i].AsSpan(0, (int)made.Shape.Count));
                }
                for (var place = 0; place < places.Length; place++)
                    for (var i = 0; i < models.Length; i++)
                        scores[i].Add(owners[places[place].Index], block.Next(..)[places[place].Item], Row(i, place), Row(0, place));
            }
        }
        return scores;

        ReadOnlySpan<float> Row(int model, int place)
        {
            var width = models[model].Sizes.Vocabulary;
            // a model may have more rows than there are tokens; they are nobody's
            return logits[model].AsSpan(place * width, Math.Min(width, texts.Tokenizer.Tokenizer.Size));
        }
    }
}
