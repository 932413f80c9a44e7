using System.Globalization;
using Retort.Asking;
using Retort.Data;
using Retort.Data.Text;
using Retort.Ensembles;
using Retort.Labels;
using Retort.Nn;
using Retort.Recipes;
using Retort.Sources;
using Retort.Students;

namespace Retort;

/// <summary>One line of a plan.</summary>
public sealed record PlanLine(string Item, string Value, string Why);

/// <summary>What a recipe will take, before anything is done.</summary>
public sealed record Plan(IReadOnlyList<PlanLine> Rows);

/// <summary>Estimates time, memory and disk from the recipe's sizes. Money: what a teacher behind an API is asked.</summary>
public static class Planner
{
    /// <summary>Multiply-adds a second and core that training steps of small nets reach; a fraction of the peak, for an estimate.</summary>
    internal const double MultiplyAddsPerSecondAndCore = 30e9;

    public static Plan Plan(Recipe recipe, string recipeFolder)
    {
        if (recipe.Data.IsLanguage) return LanguagePlanner.Plan(recipe, recipeFolder);
        var data = DatasetReader.Read(recipe.Data, recipeFolder, recipe.Seed, ExampleStages.TokenizerOf(recipe));
        recipe = recipe.For(data);
        var threads = recipe.Threads > 0 ? recipe.Threads : Environment.ProcessorCount;
        var rows = TransferSet.Rows(data.Train, recipe.Data, recipe.Seed).Length;
        var student = SizeOf(recipe.Student.Model, data);
        var synthetic = data.Train.Synthetic > 0 ? $"{data.Train.Synthetic:N0} synthetic, " : "";
        var lines = new List<PlanLine>
        {
            new("data", $"{data.Train.Real:N0} train, {synthetic}{data.Validation.Count:N0} validation, {data.Test.Count:N0} test",
                $"examples of {data.Train.ExampleSize} numbers, "
                + (data.Train.Numbers is { } numbers ? $"the number '{numbers.Column.Name}' to predict" : $"{data.Train.Classes} classes")),
        };
        var seconds = 0.0;
        foreach (var ensemble in recipe.Teacher.Members.Select(member => member.Ensemble).OfType<EnsembleRecipe>())
            lines.Add(new("teacher", $"an ensemble of up to {ModelLibrary.Count} base models",
                $"forests of {ensemble.Trees} trees, boosting of {ensemble.BoostingRounds} rounds; not in the time below"));
        foreach (var member in recipe.Teacher.Members.Where(member => member.Source == "train"))
        {
            var size = SizeOf(member.Model!, data.Teacher ?? data);
            var time = Seconds(size.MultiplyAdds, data.Train.Real, member.Training!.Epochs, threads);
            seconds += time;
            lines.Add(new("teacher", $"{size.Parameters:N0} parameters, about {Time(time)}",
                $"{member.Training.Epochs} epochs of {data.Train.Real:N0} examples"));
        }
        var studentTime = Seconds(student.MultiplyAdds, rows, recipe.Student.Training.Epochs, threads);
        lines.Add(new("student", $"{student.Parameters:N0} parameters, about {Time(studentTime)}",
            $"{recipe.Student.Training.Epochs} epochs of {rows:N0} examples"));
        var tries = Math.Max(1, recipe.Baseline.LearningRates.Count) + (recipe.Baseline.HalfSteps ? 0.5 : 0);
        var real = TransferSet.Real(data.Train, recipe.Data, recipe.Seed).Length;
        var baselineTime = Seconds(student.MultiplyAdds, real, recipe.Baseline.Training.Epochs, threads) * tries;
        lines.Add(new("baseline", $"about {Time(baselineTime)}", string.Create(CultureInfo.InvariantCulture,
            $"the same student without a teacher, {tries} runs of {recipe.Baseline.Training.Epochs} epochs")));
        lines.Add(new("time", $"about {Time(seconds + studentTime + baselineTime)}",
            $"{threads} threads at an assumed {MultiplyAddsPerSecondAndCore / 1e9:0} G multiply-adds a second each"));
        var labelBytes = LabelBytes(recipe, data);
        var largest = recipe.Teacher.Members.Where(member => member.Model is not null)
            .Select(member => SizeOf(member.Model!, data.Teacher ?? data).Parameters)
            .Append(student.Parameters)
            .Max();
        lines.Add(new("memory", Bytes(4L * (data.Train.Features.LongLength + data.Validation.Features.LongLength
            + data.Test.Features.LongLength
            + 6 * largest)), "the data, and weights, gradients and optimiser of the largest model, in float32"));
        lines.Add(new("disk", Bytes(labelBytes + 4L * 4 * (largest + 3 * student.Parameters)),
            $"labels {Bytes(labelBytes)}, then models and checkpoints"));
        if (recipe.Teacher.Members[0].Chat is { } chat) lines.AddRange(Asking(chat, data));
        else lines.Add(new("money", "0", "every teacher of this recipe runs here"));
        return new Plan(lines);
    }

    /// <summary>What a teacher is asked: training texts, a graded sample, the test part, and worse and foreign texts.</summary>
    private static IEnumerable<PlanLine> Asking(ChatRecipe chat, DataSplits data)
    {
        var probe = chat.Classes!.Probe;
        string[] texts = [.. data.Train.Texts!.Texts, .. data.Validation.Texts!.Texts.Take(chat.CheckOn), .. data.Test.Texts!.Texts,
            .. data.Outside?.Texts!.Texts.Take(probe) ?? [],
            .. TextDisturbance.All.SelectMany(one => data.Test.Texts!.Texts.Take(probe).Select(text => $"{one.Name}: {text}"))];
        var order = AskedClasses.Order(chat, data.Train.ClassNames, texts);
        return AskingPlan.Of(order, ChatOrder.Endpoint(chat).Identity, count: null)
            .Select(row => new PlanLine("asking: " + row.Item, row.Value, row.Why));
    }

    private static (long Parameters, long MultiplyAdds) SizeOf(ModelRecipe model, DataSplits data)
    {
        using Module module = ModelBuilder.Create(model, data.Train.ExampleShape, data.Train.Classes);
        return (module.Weights.Count, module.MultiplyAdds);
    }

    /// <summary>Forward and backward are three passes of the forward's multiply-adds.</summary>
    private static double Seconds(long multiplyAdds, long examples, int epochs, int threads) =>
        3.0 * multiplyAdds * examples * epochs / (MultiplyAddsPerSecondAndCore * threads);

    private static long LabelBytes(Recipe recipe, DataSplits data) => data.Train.Count * (long)(recipe.Labels.Kind switch
    {
        "hard" => 4,
        "top-k" => 2 + 3 * LabelKeep.Parse(recipe.Labels.Keep).MaximumCount(data.Train.Classes),
        _ => 4 * (data.Train.Classes + 1),
    });

    internal static string Time(double seconds) => seconds < 90 ? $"{Math.Max(1, Math.Round(seconds)):0} s" : $"{seconds / 60:0.0} min";

    internal static string Bytes(long bytes) => bytes < 1 << 20 ? $"{bytes / 1024.0:0.0} KiB" : $"{bytes / 1048576.0:0.0} MiB";
}
