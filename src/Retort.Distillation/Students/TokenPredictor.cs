using Retort.Data.Text;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Students;

/// <summary>What a language model makes of documents, in evaluation.</summary>
public static class TokenPredictor
{
    private const int Rows = 16;

    /// <summary>The sum of −ln p over the tokens of each document that are to be said, in nats.</summary>
    /// <param name="model">With its numbers.</param>
    /// <param name="documents">In any order; each is a sum of its own.</param>
    /// <param name="contextLength">Tokens of a row.</param>
    /// <param name="tokens">Ids that texts can have: rows of the head beyond them are nobody's.</param>
    /// <param name="device">Where the model is.</param>
    public static double[] Losses(Gpt model, IReadOnlyList<TextDocument> documents, int contextLength, int tokens, Device device)
    {
        var sums = new double[documents.Count];
        using var step = new Step(device, "tokens");
        var block = new TokenBlock(Rows, contextLength);
        foreach (var rows in Packing.Rows([.. documents.Select(document => document.Tokens.Length)], contextLength).Chunk(Rows))
        {
            block.Fill([.. rows.Select(row => (IReadOnlyList<TextDocument>)[.. row.Select(number => documents[number])])]);
            var places = block.Counted(..);
            step.Begin(training: false);
            var hidden = Hidden(step, model, block, places);
            var targets = step.Constant(new Shape(places.Length), [.. places.Select(place => block.Next(..)[place])]);
            var head = model.HeadOf(step, tokens);
            var losses = device.ToDoubles(step.HeadLoss(hidden, head, null, RowLossTerms.HardOnly(), targets).HardLosses);
            var next = 0;
            foreach (var number in rows.SelectMany(row => row))
                for (var i = 0; i < documents[number].Targets; i++) sums[number] += losses[next++];
        }
        return sums;
    }

    /// <summary>The last hidden states [N, width] at some places of a block.</summary>
    public static Tensor Hidden(Step step, Gpt model, TokenBlock block, int[] places)
    {
        var shape = new Shape(block.Rows, block.Length);
        var states = model.States(step, step.Constant(shape, block.Tokens(..)), step.Constant(shape, block.Documents(..)), packed: true);
        return step.Embedding(Gpt.Rows(step, states), step.Constant(new Shape(places.Length), places.AsSpan()));
    }
}
