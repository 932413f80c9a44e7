using System.Globalization;
using Retort.Checkpoints;
using Retort.Data;
using Retort.Data.Text;
using Retort.Formats.HuggingFace;
using Retort.Recipes;
using Retort.Sources;
using Retort.Students;

namespace Retort;

/// <summary>As <see cref="Planner"/>, of language models: what they do is counted in tokens.</summary>
internal static class LanguagePlanner
{
    public static Plan Plan(Recipe recipe, string recipeFolder)
    {
        var data = TextDataReader.Read(recipe.Data, recipeFolder, LanguageStages.GivenTeacher(recipe, recipeFolder), recipe.Seed);
        var threads = recipe.Threads > 0 ? recipe.Threads : Environment.ProcessorCount;
        CausalConfig ConfigOf(ModelRecipe model) => model.From switch
        {
            null => LanguageBuilder.ConfigOf(model, data),
            "teacher" when recipe.Teacher.Members[0].Model is { } teacher => Part(LanguageBuilder.ConfigOf(teacher, data), model),
            "teacher" => Part(Read(LanguageStages.GivenTeacher(recipe, recipeFolder)!), model),
            var path => Part(Read(LanguageStages.FolderOf(path, recipeFolder)), model),
        };
        CausalConfig Part(CausalConfig whole, ModelRecipe model) =>
            LanguageStudent.Config(whole, LanguageBuilder.PartOf(model, recipe.Student.Initial));
        static CausalConfig Read(string folder) => CausalConfig.Read(Path.Combine(folder, CausalConfig.File));
        (long Parameters, double MultiplyAdds) Size(ModelRecipe model) => SizeOf(ConfigOf(model), data);
        double SecondsOf(ModelRecipe model, TrainingRecipe training, TextPart part, double runs) =>
            3.0 * Size(model).MultiplyAdds * part.Tokens * training.Epochs * runs / (Planner.MultiplyAddsPerSecondAndCore * threads);
        var lines = new List<PlanLine>
        {
            new("data", $"{data.Train.Count:N0} train, {data.Validation.Count:N0} validation, {data.Test.Count:N0} test",
                $"{data.Train.Tokens:N0} tokens to train on, {data.Train.Targets:N0} of them to be said; {data.Tokenizer.Tokenizer.Size:N0} different ones"),
        };
        var (model, taught) = (recipe.Student.Model, recipe.Labels.Kind == "text" ? data.Asked : data.Train);
        var total = 0.0;
        if (recipe.Teacher.Members[0] is { Model: { } own, Training: { } schooling })
            Add("teacher", own, SecondsOf(own, schooling, data.ForTeacher, 1), $"{schooling.Epochs} epochs of {data.ForTeacher.Count:N0} texts");
        if (recipe.Labels.Kind == "text")
            lines.Add(new("answers", $"{(long)data.Asked.Count * recipe.Labels.Answers!.PerPrompt:N0}", "written token by token; not in the time below"));
        if (recipe.Labels.StoresTokens) lines.Add(new("labels", recipe.Labels.Kind, TokenLabelling.CostOf(recipe, data)));
        Add("student", model, SecondsOf(model, recipe.Student.Training, taught, 1),
            $"{recipe.Student.Training.Epochs} epochs of {taught.Count:N0} texts");
        if (recipe.Student.OnPolicy is { Controls: true })
            Add("controls", model, 3 * SecondsOf(model, recipe.Student.Training, taught, 1),
                "the same student on fixed data and on fresh answers of its teacher, at equal updates and at equal cost");
        var tries = Math.Max(1, recipe.Baseline.LearningRates.Count) + (recipe.Baseline.HalfSteps ? 0.5 : 0);
        Add("baseline", model, SecondsOf(model, recipe.Baseline.Training, data.Train, tries), string.Create(CultureInfo.InvariantCulture,
            $"the same student without a teacher, {tries} runs of {recipe.Baseline.Training.Epochs} epochs"));
        lines.Add(new("time", $"about {Planner.Time(total)}",
            $"{threads} threads at an assumed {Planner.MultiplyAddsPerSecondAndCore / 1e9:0} G multiply-adds a second each; small models reach a part of it"));
        var parameters = Size(model).Parameters;
        lines.Add(new("disk", Planner.Bytes(4L * 4 * 4 * parameters), "models and checkpoints"));
        lines.Add(new("money", "0", "every teacher of this recipe runs here"));
        return new Plan(lines);

        void Add(string item, ModelRecipe described, double seconds, string why)
        {
            total += seconds;
            lines.Add(new(item, $"{Size(described).Parameters:N0} parameters, about {Planner.Time(seconds)}", why));
        }
    }

    /// <summary>Multiply-adds of one token of a whole context.</summary>
    private static (long Parameters, double MultiplyAdds) SizeOf(CausalConfig config, TextData data)
    {
        using var model = LanguageCheckpoint.Create(config);
        return (model.Weights.Count, model.MultiplyAddsOf(data.ContextLength) / (double)data.ContextLength);
    }
}
