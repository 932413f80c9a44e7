using Retort.Objectives;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What a teacher from an ONNX file demands of the rest of a recipe.</summary>
internal static class OnnxTeacherCheck
{
    /// <exception cref="RetortException">The recipe cannot work.</exception>
    public static void Check(Recipe recipe, string fileName)
    {
        if (recipe.Teacher.Members.All(member => member.Source != "onnx")) return;
        if (recipe.Labels.Kind == "live")
            throw new RetortException(fileName, "teacher.source is onnx, but labels.kind is live.",
                "its answers are stored before the student learns.", "write labels: {kind: soft}.");
        if (recipe.Student.Objective.FirstOrDefault(term => (Catalog.Objective(term.Name,
            fileName).Needs & (Needs.Features | Needs.EachTeacher)) != 0)
            is { } inside)
            throw new RetortException(fileName, $"teacher.source is onnx beside '{inside.Name}'.", "an .onnx file gives answers.",
                "use objectives on answers.");
    }
}
