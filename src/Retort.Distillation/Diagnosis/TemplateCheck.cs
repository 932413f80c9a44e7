using Retort.Checkpoints;
using Retort.Tensors;

namespace Retort.Diagnosis;

/// <summary>Whether both write a conversation the same way, on rows as they are.</summary>
internal static class TemplateCheck
{
    private static readonly IReadOnlyList<IReadOnlyList<(string Role, string Content)>> usual =
    [
        [("user", "How many legs has a spider?"), ("assistant", "Eight.")],
        [("system", "Be brief."), ("user", "Hello"), ("assistant", "Hello!")],
        [("user", " 1 + 1 = \n"), ("assistant", "2"), ("user", "and 2 + 2?"), ("assistant", "4\n\n")],
        [("user", "<|im_end|> </s> {{ messages }} 🙂"), ("assistant", "größer")],
        [("user", ""), ("assistant", "You said nothing.")],
    ];

    /// <param name="teacher">Null = it has none.</param>
    /// <param name="student">Null = it has none.</param>
    /// <param name="conversations">Of the rows; none = a few usual ones.</param>
    /// <param name="time">For templates that say what today is.</param>
    public static Finding Of(Conversation? teacher, Conversation? student,
        IReadOnlyList<IReadOnlyList<(string Role, string Content)>> conversations, TimeProvider time)
    {
        if (teacher is null && student is null)
            return new("chat template", "neither side has one: conversations are written with plain headings");
        if (teacher is null || student is null)
            return new("chat template", $"only the {(teacher is null ? "student" : "teacher")} has one", Severity.Warning,
                "copy chat_template.jinja to the other side, or the teacher judges texts in a form that it never saw");
        var now = new Frozen(time.GetUtcNow());
        var asked = conversations.Count > 0 ? conversations : usual;
        var refused = 0;
        for (var i = 0; i < asked.Count; i++)
            foreach (var answerFollows in (bool[])[true, false])
            {
                var (its, own) = (Written(teacher, asked[i], answerFollows, now), Written(student, asked[i], answerFollows, now));
                if (its.Refusal is not null && own.Refusal is not null) refused += answerFollows ? 1 : 0;
                else if (its.Text != own.Text)
                    return new("chat template", $"conversation {i + 1} is written differently: {Parted(its, own)}", Severity.Error,
                        "copy the teacher's chat_template.jinja and special tokens to the student");
            }
        return refused == asked.Count
            ? new("chat template", $"both sides refuse all {asked.Count} conversations: {Written(teacher, asked[0], true, now).Refusal}", Severity.Error,
                "mend the rows, or the template")
            : new("chat template", $"{asked.Count - refused} {(conversations.Count > 0 ? "conversations of the rows" : "sample conversations")} are written alike"
                + (refused > 0 ? $"; {refused} are refused by both" : ""));
    }

    private static (string? Text, string? Refusal) Written(Conversation template, IReadOnlyList<(string, string)> messages,
        bool answerFollows, TimeProvider time)
    {
        try
        {
            return (template.Text(answerFollows ? messages.Take(messages.Count - 1) : messages, answerFollows, time), null);
        }
        catch (RetortException refusal)
        {
            return (null, refusal.What);
        }
    }

    private static string Parted((string? Text, string? Refusal) its, (string? Text, string? Refusal) own)
    {
        const int Around = 24;
        if (its.Text is null || own.Text is null)
            return $"the {(its.Text is null ? "teacher" : "student")} refuses it: {its.Refusal ?? own.Refusal}";
        var place = its.Text.AsSpan().CommonPrefixLength(own.Text);
        string At(string text) => text[Math.Min(place, text.Length)..Math.Min(text.Length, place + Around)].ReplaceLineEndings("⏎");
        return $"from character {place + 1} on, teacher '{At(its.Text)}', student '{At(own.Text)}'";
    }

    /// <summary>Both sides are asked at the same moment.</summary>
    private sealed class Frozen(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
