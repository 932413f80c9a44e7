using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Formats.Tokenizers;

namespace Retort.Diagnosis;

/// <summary>What the texts are: what of them is learnt, what is cut, what stands in the test part too.</summary>
internal static class TextCheck
{
    private const int LongestMask = 600;
    private const double MostCut = 0.05;

    /// <summary>The first documents, with what is learnt apart from what is read only.</summary>
    public static IEnumerable<Finding> Masks(Tokenizer tokenizer, IReadOnlyList<TextDocument> documents, int count)
    {
        foreach (var document in documents.Take(count))
        {
            var pieces = new List<(string Text, bool Learnt)>();
            for (var start = 0; start < document.Tokens.Length && pieces.Sum(piece => piece.Text.Length) < LongestMask;)
            {
                var end = start;
                while (end < document.Tokens.Length && document.Learnt[end] == document.Learnt[start]) end++;
                var text = tokenizer.Decode(document.Tokens[start..end], skipSpecialTokens: false);
                pieces.Add((text[..Math.Min(text.Length, LongestMask)], document.Learnt[start]));
                start = end;
            }
            yield return document.Targets == 0
                ? new("label mask", $"{document.Place}: none of {document.Tokens.Length:N0} tokens is learnt", Severity.Error,
                    "name an assistant's turn, a completion, or a text") { Mask = pieces }
                : new("label mask", $"{document.Place}: {document.Targets:N0} of {document.Tokens.Length:N0} tokens are learnt") { Mask = pieces };
        }
    }

    /// <summary>
    /// What each side reads of a row with all that its template and its tokenizer add, id by id: texts and templates may be alike, and a
    /// first token be there once, twice or not at all.
    /// </summary>
    /// <param name="teacher">It says which token ends an answer.</param>
    /// <param name="student">As the teacher.</param>
    /// <param name="rows">Of the data.</param>
    /// <param name="time">For templates that say what today is.</param>
    public static Finding Streams(LanguageModel teacher, LanguageModel student, IReadOnlyList<TextRow> rows, TimeProvider time)
    {
        Finding Apart(TextRow row, string how) => new("token streams", $"{row.Place} {how}", Severity.Error,
            "the teacher would judge a text that it reads otherwise: give both the same tokenizer files and template");
        TextEncoder its = Encoder(teacher), own = Encoder(student);
        var (same, tokens) = (0, 0L);
        foreach (var row in rows)
        {
            var (taught, learnt) = (its.TryEncode(row), own.TryEncode(row));
            if (taught is null && learnt is null) continue;
            if (taught is null || learnt is null) return Apart(row, $"is refused by the {(taught is null ? "teacher" : "student")} only");
            var place = taught.Tokens.AsSpan().CommonPrefixLength(learnt.Tokens);
            if (place < Math.Max(taught.Tokens.Length, learnt.Tokens.Length))
                return Apart(row, $"parts at token {place + 1}: {At(teacher, taught)} for the teacher, {At(student, learnt)} for the student");
            if (!taught.Learnt.SequenceEqual(learnt.Learnt)) return Apart(row, "has other tokens that are learnt");
            (same, tokens) = (same + 1, tokens + place);

            string At(LanguageModel model, TextDocument document) => place < document.Tokens.Length
                ? $"{document.Tokens[place]} '{model.Tokenizer.Token(document.Tokens[place])}'" : "nothing";
        }
        return new("token streams", $"{same:N0} rows become the same {tokens:N0} tokens on both sides");

        TextEncoder Encoder(LanguageModel model) => new(TextTokenizer.Of(model), int.MaxValue, cuts: false, time);
    }

    /// <summary>Rows that do not fit into a context. None is cut in silence.</summary>
    public static Finding Lengths(IReadOnlyList<int> lengths, int contextLength)
    {
        var longer = lengths.Count(length => length > contextLength);
        var found = $"{longer:N0} of {lengths.Count:N0} texts are longer than {contextLength:N0} tokens; the longest has {(lengths.Count > 0 ? lengths.Max() : 0):N0}";
        return longer == 0 ? new("length", found)
            : new("length", found, longer > MostCut * lengths.Count ? Severity.Error : Severity.Warning,
                "raise data.contextLength, or write data.tooLong: cut, which counts and says what it cuts");
    }

    /// <summary>Test documents that were trained on, to the token.</summary>
    /// <param name="train">Learnt.</param>
    /// <param name="test">Measured with.</param>
    /// <param name="stops">Whether one of them is an error, as a run takes it (data.leaks).</param>
    public static Finding Leakage(IReadOnlyList<TextDocument> train, IReadOnlyList<TextDocument> test, bool stops)
    {
        var known = train.Select(Spelt).ToHashSet(StringComparer.Ordinal);
        var leaked = test.Where(document => known.Contains(Spelt(document))).ToList();
        return leaked.Count == 0 ? new("leakage", $"none of {test.Count:N0} test texts is a training text")
            : new("leakage", $"{leaked.Count:N0} of {test.Count:N0} test texts are training texts, the first at {leaked[0].Place}",
                stops || leaked.Count > test.Count / 10 ? Severity.Error : Severity.Warning,
                "remove the doubles, or write data.leaks: leave-out: what was learnt by heart measures nothing");
    }

    private static string Spelt(TextDocument document) => string.Join(' ', document.Tokens);
}
