using Retort.Tensors;

namespace Retort.Terms;

/// <summary>Before any work: whether the teacher's terms let a student like this one be made of its answers.</summary>
public static class TermsGate
{
    private const string Beside = "read its terms; a " + TeacherPolicies.FileName + " beside the recipe may say what you have agreed with its maker.";

    /// <param name="policies">What is known.</param>
    /// <param name="names">Host, model and licence of the teacher, as far as they are known.</param>
    /// <param name="use"><c>internal</c>, <c>distributed</c> or <c>sold</c>.</param>
    /// <param name="student"><c>classifier</c> or <c>generator</c>.</param>
    /// <param name="permission">What the user says of a permission; empty = nothing.</param>
    /// <param name="place">Of the teacher, for errors.</param>
    /// <exception cref="RetortException">They do not.</exception>
    public static TermsStamp Check(TeacherPolicies policies, IReadOnlyList<string> names, string use, string student, string permission,
        string place)
    {
        if (policies.For(names) is not { } policy)
            return new TermsStamp(names.FirstOrDefault(name => name.Length > 0) ?? "teacher", "unknown",
                "Nobody has said under which terms its answers may be learnt: teacher.licence would.", "", use, permission);
        var stamp = new TermsStamp(policy.Teacher, policy.Verdict, policy.Clause, policy.Read, use, permission);
        return policy.Verdict switch
        {
            "deny" => throw Refused(policy, place, "its terms do not allow it.", Beside),
            "ask" when permission.Length == 0 => throw Refused(policy, place, "its terms ask for a permission.",
                "write teacher.permission: \"who gave it, when\", or choose another teacher. " + Beside),
            "conditions" when permission.Length == 0 && policy.Uses is { } uses && !uses.Contains(use) =>
                throw Refused(policy, place, $"teacher.use is {use}, and they allow {string.Join(", ", uses)}.",
                    "write a use that they allow, or teacher.permission: \"who gave it, when\". " + Beside),
            "conditions" when permission.Length == 0 && policy.Students is { } students && !students.Contains(student) =>
                throw Refused(policy, place, $"the student is a {student}, and they allow a {string.Join(" or ", students)}.",
                    "make such a student, or write teacher.permission: \"who gave it, when\". " + Beside),
            _ => stamp,
        };
    }

    private static RetortException Refused(TeacherPolicy policy, string place, string why, string remedy) => new(place,
        $"{policy.Teacher}: {why} {policy.Clause} ({policy.Url}, read {policy.Read})", "a teacher whose terms allow a student of this kind.", remedy);
}
