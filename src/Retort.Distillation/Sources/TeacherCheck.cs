using System.Globalization;
using Retort.Data;
using Retort.Evaluation.Metrics;
using Retort.Nn.Graphs;
using Retort.Recipes;
using Retort.Students;
using Retort.Teachers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Training;

namespace Retort.Sources;

/// <summary>A look at the teacher before anything is labelled: a poor or badly calibrated one is said aloud.</summary>
public static class TeacherCheck
{
    private const double LargestCalibrationError = 0.1;

    /// <returns>Warnings, as sentences; empty when all is well.</returns>
    public static IReadOnlyList<string> Warnings(ITeacher teacher, Recipe recipe, DataSplits data, Device device, Seed seed)
    {
        var logits = Answers(teacher, data.Validation);
        var (score, _) = Validation.Measure(logits, data.Validation);
        var warnings = new List<string>();
        using var untrained = ModelBuilder.Create(recipe.Student.Model, data.Train.ExampleShape, data.Train.Classes);
        untrained.Build(device, seed.Derive("init"));
        var (floor, _) = Validation.Measure(Predictor.Logits(untrained, data.Validation, device), data.Validation);
        if (score <= floor)
            warnings.Add(string.Create(CultureInfo.InvariantCulture,
                $"the teacher's validation {data.Validation.ScoreName} is {score:0.0000}, no better than the untrained student's {floor:0.0000}: do not distil from it."));
        if (data.Validation.Numbers is not null) return warnings;
        var calibration =
            ExpectedCalibrationError.Of(new Evaluation.Predictions("teacher", data.Validation.Classes, logits), data.Validation.Labels);
        if (calibration > LargestCalibrationError)
            warnings.Add(string.Create(CultureInfo.InvariantCulture,
                $"the teacher is badly calibrated on validation: its confidence is off by {calibration:0.000} on average (ECE, 15 bins); its soft labels mean less than they say."));
        return warnings;
    }

    /// <summary>A teacher's logits for a whole data set, [N, C].</summary>
    public static float[] Answers(ITeacher teacher, Dataset data)
    {
        if (teacher is ModuleTeacher { Module: GraphModel } own) return Predictor.Logits(own.Module, data, own.Device);
        if (teacher is AskedClasses asked) return asked.Answers(data).Logits;
        data = data.ForTeacher;
        const int batch = 256;
        var logits = new float[data.Count * teacher.Classes];
        for (var first = 0; first < data.Count; first += batch)
        {
            var count = Math.Min(batch, data.Count - first);
            teacher.Label(data.Features.AsSpan(first * data.ExampleSize, count * data.ExampleSize), count,
                logits.AsSpan(first * teacher.Classes, count * teacher.Classes));
        }
        return logits;
    }
}
