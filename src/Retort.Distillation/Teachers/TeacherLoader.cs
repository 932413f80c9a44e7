using Retort.Checkpoints;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Teachers;

/// <summary>From checkpoint folders to one teacher.</summary>
public static class TeacherLoader
{
    /// <param name="members">Folder and weight of each.</param>
    /// <param name="probabilities">What several teachers are averaged by.</param>
    /// <param name="exampleShape">Shape of the examples to be labelled.</param>
    /// <param name="classes">Classes of the data.</param>
    /// <param name="device">Where they compute.</param>
    /// <exception cref="RetortException">A teacher was made for other examples or classes.</exception>
    public static ITeacher Load(IReadOnlyList<(string Folder, double Weight)> members, bool probabilities, IReadOnlyList<int> exampleShape,
        int classes, Device device)
    {
        var teachers = LoadMembers(members, exampleShape, classes, device);
        return teachers.Count == 1
            ? teachers[0].Teacher
            : new AverageTeacher([.. teachers.Select(member => ((ITeacher)member.Teacher, member.Weight))], probabilities);
    }

    /// <summary>
    /// As <see cref="Load(IReadOnlyList{ValueTuple{string, double}}, bool, IReadOnlyList{int}, int, Device)"/>, each for itself.
    /// </summary>
    public static IReadOnlyList<(ModuleTeacher Teacher, double Weight)> LoadMembers(IReadOnlyList<(string Folder, double Weight)> members,
        IReadOnlyList<int> exampleShape, int classes, Device device) =>
        [.. members.Select(member => (Load(member.Folder, exampleShape, classes, device), member.Weight))];

    private static ModuleTeacher Load(string folder, IReadOnlyList<int> exampleShape, int classes, Device device)
    {
        var (module, description) = ModelCheckpoint.Load(folder, device);
        if (description.Classes != classes || !description.ExampleShape.SequenceEqual(exampleShape))
            throw new RetortException(folder,
                $"the teacher answers {description.Classes} classes about examples [{string.Join(", ", description.ExampleShape)}].",
                $"{classes} classes and examples [{string.Join(", ", exampleShape)}], as the data have.",
                    "use the data that this teacher was trained on.");
        return new ModuleTeacher(module, device, ModelCheckpoint.Hash(folder));
    }
}
