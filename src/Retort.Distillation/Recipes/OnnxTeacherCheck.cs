using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What a teacher from an ONNX file demands of the rest of a recipe.</summary>
internal static class OnnxTeacherCheck
{
    /// <exception cref="RetortException">The recipe cannot work.</exception>
    public static void Check(Recipe recipe, string fileName)
    {
        if (recipe.Student.Examples is { Source: not "noise" } examples && recipe.Teacher.Members.Any(member => member.Source == "onnx"))
            throw new RetortException(fileName, $"teacher.source is onnx, but student.examples.source is {examples.Source}.",
                "gradients flow through the teacher to a generator, and an .onnx file gives answers.",
                "write source: noise, or use a teacher of source train or checkpoint.");
    }
}
