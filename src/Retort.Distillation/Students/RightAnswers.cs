using Retort.Data.Text;
using Retort.Nn.Models;
using Retort.Tensors;

namespace Retort.Students;

/// <summary>A language model's likeliest answers to the test part's prompts, and which of them are right.</summary>
/// <param name="data">Prompts, right answers, and a check.</param>
/// <param name="seed">Of no consequence: nothing is drawn.</param>
public sealed class RightAnswers(TextData data, Seed seed)
{
    private readonly Answering _answering = new(data, null, seed);

    /// <summary>As long as the context lets them be.</summary>
    public string[] Of(Gpt model)
    {
        var documents = data.Test.Documents;
        var answers = new string[documents.Count];
        foreach (var group in Answering.Groups(documents))
            foreach (var (place, answer) in _answering.Of(model, documents, group).Index()) answers[group[place]] = TextOf(answer.Tokens);
        return answers;
    }

    /// <param name="said">[test] null = no answer, which is not right.</param>
    public bool[] AreRight(IReadOnlyList<string?> said) => [.. data.Test.Documents.Select((document, i) => said[i] is { } answer
        && data.Check!.IsRight(TextOf(document.Prompt), TextOf(document.Answer), answer))];

    public double ShareOf(Gpt model) => AreRight(Of(model)).Average(right => right ? 1.0 : 0);

    public string TextOf(IEnumerable<int> tokens) => _answering.TextOf(tokens);
}
