using Retort.Checkpoints;
using Retort.Data.Tables;
using Retort.Formats.Onnx;
using Retort.Recipes;
using Retort.Students.Onnx;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Teachers;

/// <summary>From checkpoint folders to one frozen teacher.</summary>
/// <param name="recipe">How several are averaged, and what their matrices are kept in.</param>
/// <param name="exampleShape">Shape of the examples to be labelled.</param>
/// <param name="classes">Classes of the data.</param>
/// <param name="device">Where they compute.</param>
/// <param name="layout">Of a table: a teacher from an ONNX file reads its numbers as the file has them.</param>
/// <param name="target">The number that is predicted; null = classes.</param>
public sealed class TeacherLoader(TeacherRecipe recipe, IReadOnlyList<int> exampleShape, int classes, Device device,
    TableLayout? layout = null, TargetColumn? target = null)
{
    /// <param name="members">Folder and weight of each.</param>
    /// <exception cref="RetortException">A teacher was made for other examples or classes.</exception>
    public ITeacher Load(IReadOnlyList<(string Folder, double Weight)> members)
    {
        List<(ITeacher Teacher, double Weight)> teachers = [.. members.Select((member, i) =>
            (EnsembleCheckpoint.Exists(member.Folder) ? Ensemble(member.Folder) : (ITeacher)InProcess(member.Folder, i), member.Weight))];
        return teachers.Count == 1 ? teachers[0].Teacher : new AverageTeacher(teachers, recipe.Average == "probabilities");
    }

    /// <summary>As <see cref="Load(IReadOnlyList{ValueTuple{string, double}})"/>, each for itself.</summary>
    public IReadOnlyList<(IInProcessTeacher Teacher, double Weight)> LoadMembers(IReadOnlyList<(string Folder, double Weight)> members) =>
        [.. members.Select((member, i) => (InProcess(member.Folder, i), member.Weight))];

    /// <param name="place">A folder, or an ONNX file.</param>
    /// <param name="i">Which of the recipe's teachers it is.</param>
    /// <exception cref="RetortException">It was made for other examples or classes.</exception>
    public IInProcessTeacher InProcess(string place, int i) =>
        OnnxTeacher.Knows(place) ? Onnx(place, recipe.Members[i].InputScale ?? 1) : Load(place);

    private EnsembleTeacher Ensemble(string folder)
    {
        var (ensemble, description) = EnsembleCheckpoint.Load(folder);
        var layout = new TableLayout(description.Columns);
        CheckFit(folder, description.ClassNames.Count, [layout.Width], description.Target);
        return new EnsembleTeacher(ensemble, layout, classes, EnsembleCheckpoint.Hash(folder), device.Threads);
    }

    private void CheckFit(string folder, int itsClasses, IReadOnlyList<int> itsShape, TargetColumn? itsTarget)
    {
        if (itsTarget != target)
            throw new RetortException(folder, $"the teacher answers {Describe(itsTarget)}.", $"{Describe(target)}, as the data have.",
                "use the data, the seed and the task that this teacher was trained with.");
        if (itsClasses != classes || !itsShape.SequenceEqual(exampleShape))
            throw new RetortException(folder, $"the teacher answers {itsClasses} classes about examples [{string.Join(", ", itsShape)}].",
                $"{classes} classes and examples [{string.Join(", ", exampleShape)}], as the data have.",
                    "use the data that this teacher was trained on.");
    }

    private static string Describe(TargetColumn? target) => target is null
        ? "classes"
        : FormattableString.Invariant($"the number '{target.Name}' in units of {target.Deviation:G6} around {target.Mean:G6}");

    private OnnxTeacher Onnx(string path, double scale)
    {
        var model = OnnxReader.Read(path);
        return new OnnxTeacher(model, OnnxRuntimeChoice.Open(model, path, device), device, exampleShape, classes, scale, layout);
    }

    private ModuleTeacher Load(string folder)
    {
        var (module, description) = ModelCheckpoint.Load(folder, device);
        CheckFit(folder, description.Classes, description.ExampleShape, description.Target);
        var storage = recipe.Storage switch { "bfloat16" => DataType.BFloat16, "int8" => DataType.Int8, _ => DataType.Float32 };
        if (module is OnnxStudent && storage != DataType.Float32)
            throw new RetortException(folder, $"teacher.storage is {recipe.Storage}, and the teacher began as an ONNX graph.",
                "float32: its operators read weights as they are.", "write storage: float32.");
        module.Weights.Freeze(storage);
        // a narrow teacher answers differently, so its labels are those of another teacher
        return new ModuleTeacher(module, device, ModelCheckpoint.Hash(folder) + (recipe.Storage == "float32" ? "" : $"-{recipe.Storage}"));
    }
}
