using Retort.Checkpoints;
using Retort.Formats.Tokenizers;

namespace Retort.Diagnosis;

/// <summary>What is put in front of a text, what ends one, and what fills a row.</summary>
internal static class SpecialTokenCheck
{
    public static IEnumerable<Finding> Of(LanguageModel teacher, LanguageModel student)
    {
        var (its, own) = (Around(teacher.Tokenizer), Around(student.Tokenizer));
        yield return its == own ? new("first token", its)
            : new("first token", $"teacher: {its}; student: {own}", Severity.Warning,
                "both must read the same ids: copy the teacher's tokenizer files to the student");
        yield return Ends(teacher, student);
        var (pad, ownPad) = (teacher.Config?.PadToken, student.Config?.PadToken);
        var ends = student.EndTokens.Contains(ownPad ?? -1) ? "; it ends texts too, which is no harm here: padding is known by its place" : "";
        yield return new("padding", $"teacher: {Named(teacher, pad)}; student: {Named(student, ownPad)}{ends}");
    }

    private static Finding Ends(LanguageModel teacher, LanguageModel student)
    {
        if (student.EndTokens.Count == 0 || teacher.EndTokens.Count == 0)
            return new("end of an answer", $"the {(student.EndTokens.Count == 0 ? "student" : "teacher")} does not say which token ends an answer",
                Severity.Error, "write eos_token_id in generation_config.json");
        string its = List(teacher), own = List(student);
        return teacher.EndTokens.Order().SequenceEqual(student.EndTokens.Order()) ? new("end of an answer", own)
            : new("end of an answer", $"teacher: {its}; student: {own}", Severity.Warning,
                "the student would stop elsewhere: give both the same eos_token_id");
    }

    private static string List(LanguageModel model) => string.Join(", ", model.EndTokens.Order().Select(id => Named(model, id)));

    private static string Named(LanguageModel model, int? id) => id is { } number ? $"{number} '{model.Tokenizer.Token(number)}'" : "none";

    private static string Around(Tokenizer tokenizer)
    {
        int[] with = [.. tokenizer.Encode("a").Ids], without = [.. tokenizer.Encode("a", addSpecialTokens: false).Ids];
        var first = with.AsSpan().IndexOf(without);
        if (first < 0) return string.Join(" ", with.Select(id => $"{id} '{tokenizer.Token(id)}'"));
        string Part(ReadOnlySpan<int> ids) => ids.Length == 0 ? "nothing" : string.Join(" ", ids.ToArray().Select(id => $"{id} '{tokenizer.Token(id)}'"));
        return $"{Part(with.AsSpan(0, first))} in front of a text, {Part(with.AsSpan(first + without.Length))} behind it";
    }
}
