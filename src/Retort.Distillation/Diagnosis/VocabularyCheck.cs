using Retort.Formats.Tokenizers;

namespace Retort.Diagnosis;

/// <summary>Whether the same id is the same token for both, and who has rows that are nobody's.</summary>
internal static class VocabularyCheck
{
    private const int Shown = 3;
    private const string Otherwise = "take a student of the teacher's tokenizer, or let it learn the teacher's texts: labels: {kind: text}";

    /// <summary>Id by id.</summary>
    public static Finding Ids(Tokenizer teacher, Tokenizer student)
    {
        var common = Math.Min(teacher.Size, student.Size);
        var differing = Enumerable.Range(0, common).Where(id => teacher.Token(id) != student.Token(id)).ToList();
        if (differing.Count > 0)
            return new("tokenizer", $"{differing.Count:N0} of {common:N0} ids are other tokens: "
                + string.Join("; ", differing.Take(Shown).Select(id => $"{id} is {Spelt(teacher, id)} for the teacher, {Spelt(student, id)} for the student")),
                Severity.Error, Otherwise);
        return teacher.Size == student.Size ? new("tokenizer", $"{common:N0} ids, the same tokens on both sides")
            : new("tokenizer", $"the first {common:N0} ids are the same tokens; the {(teacher.Size > common ? "teacher" : "student")} has {Math.Abs(teacher.Size - student.Size):N0} more",
                Severity.Warning, "what one side lacks is left out of the loss: check that no row of your data has these tokens");
    }

    /// <summary>The same ids are not enough: the same text must become the same ids.</summary>
    public static Finding Texts(Tokenizer teacher, Tokenizer student, IReadOnlyList<string> texts)
    {
        for (var i = 0; i < texts.Count; i++)
        {
            int[] its = [.. teacher.Encode(texts[i], addSpecialTokens: false).Ids],
                own = [.. student.Encode(texts[i], addSpecialTokens: false).Ids];
            if (!its.AsSpan().SequenceEqual(own))
                return new("text to ids", $"text {i + 1} is {its.Length:N0} tokens for the teacher and {own.Length:N0} for the student; they part at token {its.AsSpan().CommonPrefixLength(own) + 1}",
                    Severity.Error, Otherwise);
        }
        return new("text to ids", $"{texts.Count:N0} texts become the same ids");
    }

    /// <summary>Rows of a head beyond the last token. They must get no probability.</summary>
    /// <param name="teacherRows">Of the teacher's head.</param>
    /// <param name="studentRows">Of the student's head.</param>
    /// <param name="tokens">Ids that texts can have.</param>
    public static Finding Padding(int teacherRows, int studentRows, int tokens)
    {
        if (teacherRows < tokens || studentRows < tokens)
            return new("vocabulary rows", $"{tokens:N0} ids; the teacher has {teacherRows:N0} rows, the student {studentRows:N0}",
                Severity.Error, "a token without a row cannot be read: use the tokenizer that the model was trained with");
        if (teacherRows == tokens && studentRows == tokens) return new("vocabulary rows", $"{tokens:N0} ids and as many rows on both sides");
        string[] extra =
        [
            .. teacherRows > tokens ? [$"{teacherRows - tokens:N0} rows of the teacher are nobody's, and are cut off"] : Array.Empty<string>(),
            .. studentRows > tokens ? [$"{studentRows - tokens:N0} rows of the student are nobody's, and are masked to −∞"] : Array.Empty<string>(),
        ];
        return new("vocabulary rows", $"{tokens:N0} ids; {string.Join("; ", extra)}");
    }

    private static string Spelt(Tokenizer tokenizer, int id) => tokenizer.Token(id) is { } token ? $"'{token}'" : "nothing";
}
