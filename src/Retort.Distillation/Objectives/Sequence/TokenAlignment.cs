using Retort.Tensors;

namespace Retort.Objectives.Sequence;

/// <summary>Tokens of both models that stand for the same bytes: [StudentStart, StudentEnd) and [TeacherStart, TeacherEnd).</summary>
public readonly record struct AlignedSpan(int StudentStart, int StudentEnd, int TeacherStart, int TeacherEnd);

/// <summary>
/// One text as two tokenizers cut it. Bytes are counted, not characters nor decoded text: a space in front of a token, or a character in
/// several tokens, would break those. Spans are the shortest pieces whose two ends both tokenizers have. Tokens without bytes (a start, an
/// end) meet where both have them, and belong to no span where one alone does.
/// </summary>
public sealed class TokenAlignment
{
    private TokenAlignment(IReadOnlyList<AlignedSpan> spans, int studentTokens, int teacherTokens, double matchedBytes) =>
        (Spans, StudentTokens, TeacherTokens, MatchedBytes) = (spans, studentTokens, teacherTokens, matchedBytes);

    /// <summary>In the order of the text.</summary>
    public IReadOnlyList<AlignedSpan> Spans { get; }
    public int StudentTokens { get; }
    public int TeacherTokens { get; }

    /// <summary>Share of the bytes in spans of one token of each, 0 to 1: how far the two tokenizers agree.</summary>
    public double MatchedBytes { get; }

    /// <param name="studentBytes">Bytes of each of the student's tokens; 0 for one that stands for no text.</param>
    /// <param name="teacherBytes">The same of the teacher's.</param>
    /// <exception cref="RetortException">They are not of one text.</exception>
    public static TokenAlignment Of(ReadOnlySpan<int> studentBytes, ReadOnlySpan<int> teacherBytes)
    {
        long whole = Total(studentBytes), others = Total(teacherBytes);
        if (whole != others)
            throw new RetortException("alignment", $"the student's tokens stand for {whole} bytes and the teacher's for {others}.",
                "one text, cut by both tokenizers.", "encode the same bytes, special tokens as tokens of 0 bytes.");
        var spans = new List<AlignedSpan>();
        var matched = 0L;
        for (var (student, teacher) = (0, 0); student < studentBytes.Length || teacher < teacherBytes.Length;)
        {
            var (first, second) = (student, teacher);
            if (Empty(studentBytes, ref student) | Empty(teacherBytes, ref teacher))
            {
                if (student > first && teacher > second) spans.Add(new AlignedSpan(first, student, second, teacher));
                continue;
            }
            long own = studentBytes[student++], their = teacherBytes[teacher++];
            while (own != their)
                if (own < their) own += studentBytes[student++];
                else their += teacherBytes[teacher++];
            spans.Add(new AlignedSpan(first, student, second, teacher));
            if (student - first == 1 && teacher - second == 1) matched += own;
        }
        return new TokenAlignment(spans, studentBytes.Length, teacherBytes.Length, whole == 0 ? 1 : matched / (double)whole);
    }

    /// <summary>
    /// ln p_teacher − ln p_student of the span that each student token is in, both by the chain rule: the sum over the span's tokens of
    /// what each says behind the text before it. 0 for a token in no span. With <see cref="SampledDivergence"/> it is a divergence between
    /// models of different tokenizers; every token of a span gets its span's weight.
    /// </summary>
    /// <param name="student">ln p of each student token; 0 where it was given and not predicted.</param>
    /// <param name="teacher">The same of the teacher's.</param>
    /// <exception cref="RetortException">Other numbers of tokens than were aligned.</exception>
    public double[] SpanRatios(ReadOnlySpan<double> student, ReadOnlySpan<double> teacher)
    {
        if (student.Length != StudentTokens || teacher.Length != TeacherTokens)
            throw new RetortException("alignment", $"{student.Length} student and {teacher.Length} teacher numbers.",
                $"{StudentTokens} and {TeacherTokens}, one a token.");
        var ratios = new double[student.Length];
        foreach (var span in Spans)
            ratios.AsSpan(span.StudentStart..span.StudentEnd)
                .Fill(Sum(teacher[span.TeacherStart..span.TeacherEnd]) - Sum(student[span.StudentStart..span.StudentEnd]));
        return ratios;
    }

    private static bool Empty(ReadOnlySpan<int> bytes, ref int token)
    {
        var first = token;
        while (token < bytes.Length && bytes[token] == 0) token++;
        return token > first;
    }

    private static long Total(ReadOnlySpan<int> bytes)
    {
        var total = 0L;
        foreach (var count in bytes) total += count;
        return total;
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        var total = 0.0;
        foreach (var value in values) total += value;
        return total;
    }
}
