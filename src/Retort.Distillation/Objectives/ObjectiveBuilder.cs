using System.Globalization;
using Retort.Nn.Graphs;
using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Objectives;

/// <summary>What surrounds the objectives of a training run.</summary>
/// <param name="TotalSteps">Length of the schedules.</param>
/// <param name="Classes">Outputs of the student.</param>
/// <param name="Examples">Rows of the data set, for objectives that remember them.</param>
/// <param name="StudentTaps">Shapes of the student's hidden values by path, without the batch.</param>
/// <param name="TeacherTaps">Shapes of the teacher's.</param>
public sealed record ObjectiveSurroundings(long TotalSteps, int Classes, int Examples, IReadOnlyDictionary<string, Shape> StudentTaps,
    IReadOnlyDictionary<string, Shape> TeacherTaps)
{
    /// <summary>Path of the student's values before its last layer; empty where nobody looks at them.</summary>
    public string StudentLast { get; init; } = "";

    /// <summary>Shapes of the values before the last layer of each teacher, without the batch; empty where nobody looks at them.</summary>
    public IReadOnlyList<Shape> TeachersLast { get; init; } = [];

    /// <summary>Whose nodes the examples are; null = they are for themselves.</summary>
    public NodeGraph? Graph { get; init; }
}

/// <summary>What an objective is built from.</summary>
/// <param name="Recipe">Its values.</param>
/// <param name="Temperature">T over the updates.</param>
/// <param name="Surroundings">The run around it.</param>
public sealed record ObjectiveContext(ObjectiveRecipe Recipe, Schedule Temperature, ObjectiveSurroundings Surroundings)
{
    public int Classes => Surroundings.Classes;
    public int Examples => Surroundings.Examples;
    public long TotalSteps => Surroundings.TotalSteps;
    public IReadOnlyList<FeaturePair> Pairs => Recipe.Features;
    public IReadOnlyList<PairShapes> Shapes =>
        [.. Pairs.Select(pair => new PairShapes(Surroundings.StudentTaps[pair.Student], Surroundings.TeacherTaps[pair.Teacher]))];

    public double Number(string key) => double.Parse(Recipe.Value(key), CultureInfo.InvariantCulture);
    public string Choice(string key) => Recipe.Value(key);

    /// <summary>Of the key <c>places</c>.</summary>
    public SequencePlaces Places => Enum.Parse<SequencePlaces>(Choice("places"), ignoreCase: true);

    /// <summary>Of the key <c>tail</c>.</summary>
    public TailMode Tail => Enum.Parse<TailMode>(Choice("tail"), ignoreCase: true);
}

/// <summary>From the recipe's terms to objectives.</summary>
public static class ObjectiveBuilder
{
    /// <param name="recipes">Terms of the weighted sum.</param>
    /// <param name="surroundings">The run around them.</param>
    /// <exception cref="RetortException">An objective needs more classes, or other shapes.</exception>
    public static WeightedSum Create(IReadOnlyList<ObjectiveRecipe> recipes, ObjectiveSurroundings surroundings) =>
        new([.. recipes.Select(recipe => Create(recipe, surroundings))]);

    private static WeightedTerm Create(ObjectiveRecipe recipe, ObjectiveSurroundings surroundings)
    {
        var temperature = ScheduleOf(recipe.Temperature, surroundings.TotalSteps);
        var entry = Catalog.Objective(recipe.Name, "objective");
        return new WeightedTerm(entry.Create(new ObjectiveContext(recipe, temperature, surroundings)),
            ScheduleOf(recipe.Weight, surroundings.TotalSteps))
        {
            Temperature = entry.UsesTemperature ? temperature : null,
            Hard = entry.WeightKey == "hardWeight",
        };
    }

    /// <summary>It reaches its end after the share <c>until</c> of the updates and stays there.</summary>
    public static Schedule ScheduleOf(ScheduleRecipe recipe, long totalSteps) =>
        new(Enum.Parse<ScheduleKind>(recipe.Kind, ignoreCase: true), recipe.From, recipe.To,
            Math.Max(1, (long)Math.Round(recipe.Until * totalSteps))) { Holds = true };
}
