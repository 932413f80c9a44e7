using Retort.Data.Text;
using Retort.Labels;
using Retort.Nn.Generation;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Runs;
using Retort.Students;
using Retort.Tensors;

namespace Retort.Sources;

/// <summary>
/// Sequence-level distillation: the teacher answers the prompts once, its answers are kept in the label store, and the
/// student learns them as if they were the data's (Kim and Rush 2016, section 3.2).
/// </summary>
/// <param name="data">Prompts, tokenizer, context, check.</param>
/// <param name="recipe">How many answers, how they are drawn.</param>
/// <param name="seed">Of the draws.</param>
/// <param name="progress">Of the answers.</param>
/// <param name="writer">Who answers, for people.</param>
public sealed class TeacherTexts(TextData data, AnswersRecipe recipe, Seed seed, IProgress<StageProgress> progress, string writer = "the teacher")
{
    private readonly Answering _answering = new(data, recipe.Temperature == 0
        ? null
        : new Sampling { Temperature = recipe.Temperature, TopP = recipe.TopP }, seed.Derive("answers"));

    /// <summary>Writes what is missing; the draws of an answer do not depend on what was written before.</summary>
    /// <param name="teacher">Who answers.</param>
    /// <param name="folder">The label store.</param>
    /// <param name="cancellation">Stops between groups of prompts.</param>
    public void Write(Gpt teacher, string folder, CancellationToken cancellation)
    {
        var (written, whole) = AnswerFile.Read(folder);
        if (whole) return;
        var documents = data.Asked.Documents;
        var there = written.Select(answer => (answer.Row, answer.Number)).ToHashSet();
        var (all, done) = ((long)documents.Count * recipe.PerPrompt, (long)there.Count);
        foreach (var group in Answering.Groups(documents))
            for (var number = 0; number < recipe.PerPrompt; number++)
            {
                if (group.All(row => there.Contains((row, number)))) continue;
                cancellation.ThrowIfCancellationRequested();
                var answers = _answering.Of(teacher, documents, group, number);
                WrittenAnswer[] fresh = [.. group.Index().Where(pair => !there.Contains((pair.Item, number)))
                    .Select(pair => Written(documents[pair.Item], pair.Item, number, answers[pair.Index]))];
                AnswerFile.Append(folder, fresh);
                done += fresh.Length;
                progress.Report(new StageProgress("label", "answers", done, all, writer + " answers the prompts"));
            }
        AnswerFile.Seal(folder, (int)all);
    }

    /// <summary>The answers as documents to learn, and what happened to them in one sentence.</summary>
    /// <param name="folder">The label store.</param>
    /// <exception cref="RunFailedException">None is left.</exception>
    public (IReadOnlyList<TextDocument> Documents, string Note) Read(string folder)
    {
        var all = AnswerFile.Read(folder).Answers;
        var kept = all.Where(IsLearnt)
            .OrderBy(answer => answer.Row).ThenBy(answer => answer.Number).ToList();
        if (kept.Count == 0)
            throw new RunFailedException(folder, $"holds no answer to learn from: of {all.Count}, {all.Count(answer => answer.Ended)} came to an end.",
                "at least one that ends" + (recipe.RightOnly ? ", and is right." : "."), "raise data.contextLength, or train the teacher longer.");
        var right = all.Any(answer => answer.Right is not null) ? $", {all.Count(answer => answer.Right == true)} are right" : "";
        return ([.. kept.Select(Document)],
            $"{all.Count} answers, {all.Count(answer => answer.Ended)} came to an end{right}; {kept.Count} are learnt");
    }

    /// <summary>It came to an end, and is right where that is asked.</summary>
    public bool IsLearnt(WrittenAnswer answer) => answer.Ended && (!recipe.RightOnly || data.Check is null || answer.Right == true);

    private WrittenAnswer Written(TextDocument document, int row, int number, Answer answer)
    {
        var (prompt, text) = (_answering.TextOf(document.Prompt), _answering.TextOf(answer.Tokens));
        return new(row, number, prompt, text, answer.Tokens, answer.End == AnswerEnd.EndToken,
            data.Check?.Judge(prompt, _answering.TextOf(document.Answer), text));
    }

    /// <summary>The answer behind its prompt, as a text to learn.</summary>
    public TextDocument Document(WrittenAnswer answer)
    {
        var own = data.Asked.Documents[answer.Row];
        var prompt = own.Prompt;
        return new TextDocument($"answer {answer.Number} to {own.Place}", [.. prompt, .. answer.Tokens],
            [.. Enumerable.Range(0, prompt.Length + answer.Tokens.Count).Select(i => i >= prompt.Length)]) { Group = own.Group };
    }
}
