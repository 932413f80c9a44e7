using Retort.Data.Text;
using Retort.Nn.Generation;
using Retort.Nn.Models;
using Retort.Tensors;

namespace Retort.Students;

/// <summary>Answers of a language model to the prompts of documents, prompts of like length side by side.</summary>
/// <param name="data">Tokenizer and context.</param>
/// <param name="sampling">Null = the likeliest token each time.</param>
/// <param name="seed">Of the draws.</param>
public sealed class Answering(TextData data, Sampling? sampling, Seed seed)
{
    private const int Side = 64;

    /// <summary>Documents side by side, as numbers; in an order that depends on their prompts alone.</summary>
    public static IEnumerable<int[]> Groups(IReadOnlyList<TextDocument> documents) =>
        Enumerable.Range(0, documents.Count).OrderBy(i => documents[i].Prompt.Length).Chunk(Side);

    /// <param name="model">With its numbers.</param>
    /// <param name="documents">All documents.</param>
    /// <param name="group">Some of them.</param>
    /// <param name="number">Of the answers to each prompt, from 0: another one draws other answers.</param>
    /// <param name="newTokens">Most tokens of an answer; 0 = as many as the context holds.</param>
    public IReadOnlyList<Answer> Of(Gpt model, IReadOnlyList<TextDocument> documents, int[] group, int number = 0, int newTokens = 0)
    {
        int[][] prompts = [.. group.Select(i => documents[i].Prompt)];
        var room = Math.Min(data.ContextLength, model.Sizes.Positions) - prompts.Max(prompt => prompt.Length);
        return new Decoding
        {
            NewTokens = newTokens > 0 ? Math.Min(newTokens, room) : room,
            Sampling = sampling,
            Tokens = data.Tokenizer.Tokenizer.Size,
            EndTokens = data.Tokenizer.Ends,
            Seed = seed.Derive((ulong)group[0]).Derive((ulong)number),
        }.Answers(model, prompts);
    }

    /// <summary>What the tokens of an answer say, without the one that ended it.</summary>
    public string TextOf(IEnumerable<int> answer) =>
        data.Tokenizer.Tokenizer.Decode(answer.Where(token => !data.Tokenizer.Ends.Contains(token)));
}
