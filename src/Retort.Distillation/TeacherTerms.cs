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
        if (teacher.Members.FirstOrDefault(member => member.Source is "checkpoint" or "onnx" or "recorded" or "chat") is not { } given)
            return null;
        string[] names = [Named(given.Path), HostOf(given.Chat), given.Chat?.Model ?? "", teacher.Licence, ModelCard.LicenceIn(given.Path)];
        return TermsGate.Check(TeacherPolicies.Read(recipeFolder), names, teacher.Use, recipe.Data.IsLanguage ? "generator" : "classifier",
            teacher.Permission, $"{recipe.Name}: teacher");
    }

    private static string HostOf(ChatRecipe? chat) => Uri.TryCreate(chat?.Endpoint, UriKind.Absolute, out var address) ? address.Host : "";

    private static string Named(string path) =>
        path.StartsWith(HubReference.Prefix, StringComparison.Ordinal) ? HubReference.Parse(path).Model : "";
}
