using System.Globalization;
using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Diagnosis;

/// <summary>START HERE: whether a student can learn from a teacher, before hours are spent on it. Nothing is written.</summary>
public static class PairDiagnosis
{
    internal const int ShownMasks = 3;
    private const int MostDocuments = 64;

    private static readonly int[] kept = [5, 20, 64];

    private static readonly TextRow[] usual =
    [
        new("sample 1") { Text = "A small student learns from a large teacher: not only which word comes next, but which other words might have come." },
        new("sample 2") { Text = "In 1998, 3 + 4 = 7 and 12 × 12 = 144; the café opened at 08:30.\n\n\tfor (int i = 0; i < 10; i++) sum += i;" },
        new("sample 3") { Text = "Größe, naïveté, 東京, Привет, 🙂 — all of it is text, and every text has tokens." },
    ];

    /// <param name="teacher">With its numbers.</param>
    /// <param name="student">With its numbers.</param>
    /// <param name="rows">Texts to look at; none = a few usual ones.</param>
    /// <param name="device">Where both are.</param>
    /// <param name="time">For templates that say what today is.</param>
    public static IReadOnlyList<Finding> Run(LanguageModel teacher, LanguageModel student, IReadOnlyList<TextRow> rows, Device device,
        TimeProvider time)
    {
        if (rows.Count == 0) rows = usual;
        var (ids, texts) = (VocabularyCheck.Ids(teacher.Tokenizer, student.Tokenizer),
            VocabularyCheck.Texts(teacher.Tokenizer, student.Tokenizer, [.. rows.SelectMany(row => row.Texts)]));
        var alike = ids.Severity != Severity.Error && texts.Severity != Severity.Error;
        int its = teacher.Model.Sizes.Vocabulary, own = student.Model.Sizes.Vocabulary;
        List<Finding> findings =
        [
            ids, texts, VocabularyCheck.Padding(its, own, Math.Min(Math.Min(its, own), student.Tokenizer.Size)),
            .. SpecialTokenCheck.Of(teacher, student),
            TemplateCheck.Of(teacher.Conversation, student.Conversation,
                [.. rows.Select(row => row.Messages).OfType<IReadOnlyList<(string, string)>>()], time),
        ];
        if (student.EndTokens.Count == 0) return findings; // no document can be made
        var context = Math.Min(teacher.Model.Sizes.Positions, student.Model.Sizes.Positions);
        var documents = Documents(student, rows, time, findings);
        if (documents.Count == 0) return findings;
        if (alike && teacher.EndTokens.Count > 0) findings.Add(TextCheck.Streams(teacher, student, rows, time));
        findings.AddRange(TextCheck.Masks(student.Tokenizer, documents, ShownMasks));
        findings.Add(TextCheck.Lengths([.. documents.Select(document => document.Tokens.Length)], context));
        documents =
            [.. documents.Take(MostDocuments).Select(document => Fitting(document, context)).Where(document => document.Targets > 0)];
        if (documents.Count > 0)
        {
            var answers = new AnswerCheck(documents, context, Math.Min(Math.Min(its, own), student.Tokenizer.Size), device);
            findings.Add(answers.Zero(student.Model));
            if (alike) findings.AddRange([answers.Distance(teacher.Model, student.Model), answers.Mass(teacher.Model, kept),
                answers.Worth(teacher.Model, student.Model)]);
        }
        findings.Add(new("memory", string.Create(CultureInfo.InvariantCulture,
            $"{Planner.Bytes(4 * teacher.Model.Weights.Count)} for the teacher, {Planner.Bytes(16 * student.Model.Weights.Count)} for the student with gradients and two moments; retort plan RECIPE says what a batch adds")));
        return findings;
    }

    private static List<TextDocument> Documents(LanguageModel student, IReadOnlyList<TextRow> rows, TimeProvider time,
        List<Finding> findings)
    {
        var encoder = new TextEncoder(TextTokenizer.Of(student), int.MaxValue, cuts: false, time);
        var documents = new List<TextDocument>();
        RetortException? first = null;
        foreach (var row in rows)
            try
            {
                documents.Add(encoder.Encode(row));
            }
            catch (RetortException error)
            {
                first ??= error;
            }
        findings.Add(first is null ? new("rows", $"{rows.Count:N0} rows can be learnt from")
            : new("rows", $"{rows.Count - documents.Count:N0} of {rows.Count:N0} rows cannot be learnt from, the first at {first.Location}: {first.What}",
                Severity.Error, first.Remedy));
        return documents;
    }

    private static TextDocument Fitting(TextDocument document, int context) => document.Tokens.Length <= context ? document
        : new TextDocument(document.Place, document.Tokens[..context], document.Learnt[..context]);
}
