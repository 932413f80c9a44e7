using Retort.Labels;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Teachers;

namespace Retort.Sources;

/// <summary>Where a student's lessons come from: the label store, teachers in the loop, or both.</summary>
public sealed class TeacherAnswers : IDisposable
{
    private TeacherAnswers(LabelReader? stored, StagedTeacher? live) => (Stored, Live) = (stored, live);

    /// <summary>Null with live labels.</summary>
    public LabelReader? Stored { get; }

    /// <summary>Null when nothing needs a teacher in the loop.</summary>
    public StagedTeacher? Live { get; }

    /// <param name="recipe">Says what is stored and which objectives look inside a teacher.</param>
    /// <param name="folder">The label store.</param>
    /// <param name="description">What the store must hold.</param>
    /// <param name="stages">Folders and weights of the teachers, one list for each stage of their training that teaches.</param>
    /// <param name="load">Loads the teachers of one stage, each for itself.</param>
    public static TeacherAnswers Open(Recipe recipe, string folder, LabelSetDescription description,
        IReadOnlyList<IReadOnlyList<(string Folder, double Weight)>> stages,
        Func<IReadOnlyList<(string Folder, double Weight)>, IReadOnlyList<(IInProcessTeacher Teacher, double Weight)>> load)
    {
        var answers = recipe.Labels.Kind == "live";
        var inside = recipe.Student.Objective.Any(term =>
            (Catalog.Objective(term.Name, "objective").Needs & (Needs.Features | Needs.EachTeacher)) != 0);
        return new TeacherAnswers(
            answers ? null : LabelReader.Open(folder, description, accepted: recipe.Labels.Accept),
            answers || inside
                ? new StagedTeacher([.. stages.Select(folders =>
                    new LiveTeacher(load(folders), recipe.Teacher.Average == "probabilities", answers))])
                : null);
    }

    public void Dispose()
    {
        Stored?.Dispose();
        Live?.Dispose();
    }
}
