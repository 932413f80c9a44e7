using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Retort.Data.Text;
using Retort.Labels;
using Retort.Labels.Sequences;
using Retort.Recipes;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Sources;

/// <summary>
/// What a teacher behind an API answered, as documents in the student's tokens; and, where its log-probabilities were asked for, what it
/// thought of each of these tokens as truncated labels. A token of which nothing is known is a label that is sure of what was said, so that
/// it is learnt as a hard one.
/// </summary>
/// <param name="recipe">What is kept.</param>
/// <param name="data">What was asked.</param>
/// <param name="texts">Which answers are learnt.</param>
/// <param name="teacher">Who was asked.</param>
public sealed class AskedLabels(Recipe recipe, TextData data, TeacherTexts texts, string teacher)
{
    /// <summary>Less than this of an answer's tokens with labels, and the tokens are not those of the tokenizer.</summary>
    private const double LeastLabelled = 0.5;

    /// <summary>Writes all of it, anew: nobody is asked, so there is nothing to go on with.</summary>
    /// <param name="answers">[prompts · answers to each] null = there is none.</param>
    /// <param name="folder">The label store.</param>
    /// <returns>What happened to them.</returns>
    /// <exception cref="RunFailedException">The teacher gave no log-probabilities, or those of other tokens.</exception>
    public IEnumerable<(string Name, string Text)> Write(IReadOnlyList<ChatAnswer?> answers, string folder)
    {
        LabelLayout.Clear(folder);
        AnswerFile.Clear(folder);
        var alignment = new AnswerAlignment(new TokensByBytes(data.Tokenizer.Tokenizer), data.Tokenizer.Plain, data.Tokenizer.Ends);
        var written = answers.Index().Where(one => one.Item is not null)
            .Select(one => (Aligned: alignment.Of(one.Item!), Answer: one.Item!, Row: one.Index / PerPrompt, Number: one.Index % PerPrompt))
            .Select(one => (one.Aligned, Written: Written(one.Aligned, one.Answer, one.Row, one.Number))).ToList();
        var notes = new List<(string, string)>();
        if (recipe.Labels.StoresTokens) notes.Add(("labels, aligned", Counted([.. written.Select(one => one.Aligned)])));
        AnswerFile.Append(folder, written.Select(one => one.Written));
        AnswerFile.Seal(folder, written.Count);
        if (!recipe.Labels.StoresTokens) return notes;
        var documents = texts.Read(folder).Documents;
        Write(documents, [.. written.Where(one => texts.IsLearnt(one.Written)).Select(one => one.Aligned)], folder);
        using var stored = Open(folder, documents);
        notes.Add(("labels, measured", TokenLabelling.Measured(stored)));
        return notes;
    }

    /// <summary>The labels, memory-mapped.</summary>
    /// <param name="folder">The label store.</param>
    /// <param name="documents">Of <see cref="TeacherTexts.Read"/>.</param>
    /// <exception cref="RetortException">They are labels of something else, or not whole.</exception>
    public SequenceLabelReader Open(string folder, IReadOnlyList<TextDocument> documents) =>
        SequenceLabelReader.Open(folder, Describe(documents), accepted: recipe.Labels.Accept);

    /// <summary>What the labels will take, one sentence; each answer at its longest.</summary>
    public static string CostOf(Recipe recipe, TextData data)
    {
        var (chat, perPrompt) = (recipe.Teacher.Members[0].Chat!, recipe.Labels.Answers!.PerPrompt);
        var tokens = data.Asked.Documents.Sum(document => (long)Math.Min(data.ContextLength, document.Prompt.Length + chat.NewTokens));
        return SequenceLabelCost.Describe(Describe(recipe, data, data.Asked.Count * perPrompt, data.ContextLength, "", ""),
            tokens * perPrompt);
    }

    private int PerPrompt => recipe.Labels.Answers!.PerPrompt;

    private WrittenAnswer Written(AlignedAnswer aligned, ChatAnswer answer, int row, int number)
    {
        var (asked, prompt) = (data.Asked.Documents[row], data.PromptsOfTrain[row].Question);
        int[] tokens = [.. aligned.Tokens.Select(token => token.Id)];
        var fits = asked.Prompt.Length + tokens.Length <= data.ContextLength;
        var expected = data.Tokenizer.Tokenizer.Decode(asked.Answer.Where(token => !data.Tokenizer.Ends.Contains(token)));
        return new WrittenAnswer(row, number, prompt, answer.Text, fits ? tokens : [], fits,
            data.Check?.IsRight(prompt, expected, answer.Text));
    }

    private void Write(IReadOnlyList<TextDocument> documents, IReadOnlyList<AlignedAnswer> aligned, string folder)
    {
        using var writer = SequenceLabelWriter.Open(folder, Describe(documents));
        var labels = writer.NewDocument();
        for (var i = 0; i < documents.Count; i++)
        {
            var (tokens, answer) = (documents[i].Tokens, aligned[i].Tokens);
            labels.Begin(i, ExampleKey.Of(tokens), tokens);
            labels.AddUnlabelled(tokens.Length - answer.Count - 1);
            foreach (var token in answer) Add(labels, token);
            labels.AddUnlabelled();
            writer.Append(labels);
        }
    }

    /// <summary>The likeliest alternatives and the token that was said, which need not be among them.</summary>
    private void Add(SequenceDocument labels, AlignedToken token)
    {
        IReadOnlyList<(int Id, double LogProbability)> row = token.Alternatives is { } known
            ? [known[0], .. known.Skip(1).OrderByDescending(one => one.LogProbability).Take(Keep)] : [(token.Id, 0)];
        labels.AddRow([.. row.Select(one => one.Id)], [.. row.Select(one => (float)one.LogProbability)],
            new AlignedToken(token.Id, row).LogTail);
    }

    private int Keep => int.Parse(recipe.Labels.Keep, CultureInfo.InvariantCulture);

    private string Counted(IReadOnlyList<AlignedAnswer> answers)
    {
        var (entries, unplaced) = (answers.Sum(answer => answer.Entries), answers.Sum(answer => answer.Unplaced));
        var unknown = answers.Sum(answer => answer.Unknown);
        AlignedToken[] tokens = [.. answers.SelectMany(answer => answer.Tokens)];
        AlignedToken[] labelled = [.. tokens.Where(token => token.Alternatives is not null)];
        if (entries == 0)
            throw new RunFailedException(teacher, $"gave no log-probabilities with its {answers.Count:N0} answers.", "entries with alternatives for each token.",
                "write labels: {kind: text}, or ask a service that gives them.");
        if (labelled.Length < LeastLabelled * (tokens.Length - answers.Count)) // ends often have none
            throw new RunFailedException(teacher, FormattableString.Invariant($"gave log-probabilities of {entries:N0} tokens, and {labelled.Length:N0} of the answers' {tokens.Length:N0} are found in data.tokenizer."),
                "the tokens of the teacher.", "name the teacher's own tokenizer in data.tokenizer, or write labels: {kind: text}.");
        var alternatives = answers.Sum(answer => (double)answer.Alternatives) / labelled.Length;
        return string.Create(CultureInfo.InvariantCulture, $"{tokens.Length:N0} tokens of {answers.Count:N0} answers, {labelled.Length:N0} of them with {alternatives:0.0} log-probabilities each, which cover {100 * (1 - labelled.Average(token => Math.Exp(token.LogTail))):0.0} % of the mass; ")
            + string.Create(CultureInfo.InvariantCulture, $"{tokens.Length - labelled.Length:N0} have none and are learnt as they were said; of {entries:N0} entries {unplaced:N0} could not be placed, {unknown:N0} alternatives are no token and count in the tail");
    }

    private SequenceLabelDescription Describe(IReadOnlyList<TextDocument> documents) => Describe(recipe, data, documents.Count,
        documents.Max(document => document.Tokens.Length), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(teacher))),
        new TextPart(documents, []).Hash) with
    {
        Teacher = teacher,
    };

    private static SequenceLabelDescription Describe(Recipe recipe, TextData data, int documents, int longest, string teacherHash,
        string dataHash) => new()
    {
        Codec = recipe.Labels.Codec == "topk-q8" ? SequenceCodec.TopKByte : SequenceCodec.TopKHalf,
        Vocabulary = data.Tokenizer.Tokenizer.Size,
        Documents = documents,
        MaximumTokens = longest,
        Keep = $"{int.Parse(recipe.Labels.Keep, CultureInfo.InvariantCulture) + 1}", // and what was said
        TeacherHash = teacherHash,
        DataHash = dataHash,
        TokenizerHash = data.Tokenizer.Hash,
        Seed = recipe.Seed,
        Licence = recipe.Teacher.Licence,
    };
}
