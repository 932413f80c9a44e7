using Retort.Data.Text;
using Retort.Nn.Models;
using Retort.Tensors;

namespace Retort.Students;

/// <summary>A language model's likeliest answers to the test part's prompts, and which of them are right.</summary>
/// <param name="data">Prompts, right answers, and a check.</param>
/// <param name="seed">Of no consequence: nothing is drawn.</param>
/// <param name="newTokens">Most tokens of an answer; 0 = as many as the context holds.</param>
public sealed class RightAnswers(TextData data, Seed seed, int newTokens = 0)
{
    private readonly Answering _answering = new(data, null, seed);

    /// <returns>[test]</returns>
    public string[] Of(Gpt model)
    {
        var documents = data.Test.Documents;
        var answers = new string[documents.Count];
        foreach (var group in Answering.Groups(documents))
            foreach (var (place, answer) in _answering.Of(model, documents, group, newTokens: newTokens).Index())
                answers[group[place]] = TextOf(answer.Tokens);
        return answers;
    }

    /// <param name="said">[test] null = no answer, which is not right.</param>
    /// <returns>[test]; empty where the data cannot tell.</returns>
    public bool[] AreRight(IReadOnlyList<string?> said) => [.. Judged(said).Select(right => right == true)];

    /// <param name="said">[test] null = no answer, which is not right.</param>
    /// <returns>[test] null = it could not be found out; empty where the data cannot tell.</returns>
    public bool?[] Judged(IReadOnlyList<string?> said) => data.Check is not { } check ? []
        : [.. data.Test.Documents.Select((document, i) => said[i] is { } answer
            ? check.Judge(TextOf(document.Prompt), TextOf(document.Answer), answer) : false)];

    public double ShareOf(Gpt model) => AreRight(Of(model)).Average(right => right ? 1.0 : 0);

    public string TextOf(IEnumerable<int> tokens) => _answering.TextOf(tokens);
}
