using System.Globalization;
using Retort.Checkpoints;
using Retort.Recipes;
using Retort.Training;

namespace Retort.Sources;

/// <summary>
/// Students before the student: the first is taught by the teacher, each next one by the one before, the student by the last (Mirzadeh et
/// al. 2020, teacher assistants). With the student's own model it is born-again generations (Furlanello et al. 2018).
/// </summary>
/// <param name="fitting">Trains each.</param>
/// <param name="teacherFrom">A live teacher from the folder of a finished model.</param>
public sealed class AssistantChain(Fitting fitting, Func<string, LiveTeacher> teacherFrom)
{
    /// <param name="student">The last of the chain, with the teacher's own lessons.</param>
    /// <param name="assistants">Models of those before it, in order.</param>
    /// <param name="folder">Where their checkpoints and models lie.</param>
    /// <param name="cancellation">Stops between updates.</param>
    public void Run(Fit student, IReadOnlyList<ModelRecipe> assistants, string folder, CancellationToken cancellation)
    {
        LiveTeacher? previous = null;
        try
        {
            for (var i = 0; i < assistants.Count; i++)
            {
                var name = $"assistant-{i}";
                var own = Taught(student, previous) with
                {
                    Name = name,
                    Model = assistants[i],
                    Seed = student.Seed.Derive(name),
                    Folder = Path.Combine(folder, name),
                    Checkpoint = Path.Combine(folder, name + ".safetensors"),
                };
                if (!ModelCheckpoint.Exists(own.Folder))
                {
                    var (score, _) = fitting.Run(own, cancellation);
                    student.Note?.Invoke(name, string.Create(CultureInfo.InvariantCulture, $"validation {fitting.ScoreName} {score:0.0000}"));
                }
                previous?.Dispose();
                previous = teacherFrom(own.Folder);
            }
            fitting.Run(Taught(student, previous), cancellation);
        }
        finally
        {
            previous?.Dispose();
        }
    }

    private static Fit Taught(Fit fit, LiveTeacher? teacher) => teacher is null ? fit : fit with { Labels = null, Live = teacher };
}
