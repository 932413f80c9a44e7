using Retort.Hub;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Terms;

namespace Retort;

/// <summary>Whose answers a recipe learns, and whether their maker's terms let it.</summary>
internal static class TeacherTerms
{
    /// <summary>Null where every teacher is trained here.</summary>
    /// <exception cref="RetortException">The terms do not allow it.</exception>
    public static TermsStamp? Of(Recipe recipe, string recipeFolder)
    {
        var teacher = recipe.Teacher;
        var given = teacher.Members.Where(member => member.Source is "checkpoint" or "onnx" || member.OnlySpeaks)
            .Select(member => (member.Path, member.Chat, member.Name)).ToList();
        if (given.Count == 0) return null;
        if (recipe.Labels.Answers?.Rewriter is { } rewriter) given.Add(("", rewriter, "")); // what it makes of answers is learnt, too
        var policies = TeacherPolicies.Read(recipeFolder);
        TermsStamp[] stamps = [.. given.Select(one => TermsGate.Check(policies,
            [Named(one.Path), HostOf(one.Chat), one.Chat?.Model ?? "", one.Name, teacher.Licence, ModelCard.LicenceIn(one.Path)],
            teacher.Use, recipe.Data.IsLanguage ? "generator" : "classifier", teacher.Permission, $"{recipe.Name}: teacher")).Distinct()];
        return stamps.Length == 1 ? stamps[0] : stamps.MinBy(stamp => Array.IndexOf(Strictness, stamp.Verdict))! with
        {
            Teacher = string.Join(", ", stamps.Select(stamp => stamp.Teacher).Distinct()),
            Clause = string.Join(" ", stamps.Select(stamp => stamp.Clause).Distinct()),
        };
    }

    private static readonly string[] Strictness = ["ask", "conditions", "unknown", "allow"];

    private static string HostOf(ChatRecipe? chat) => Uri.TryCreate(chat?.Endpoint, UriKind.Absolute, out var address) ? address.Host : "";

    private static string Named(string path) =>
        path.StartsWith(HubReference.Prefix, StringComparison.Ordinal) ? HubReference.Parse(path).Model : "";
}
