using System.Globalization;
using Retort.Checkpoints;
using Retort.Data;
using Retort.Data.Text;
using Retort.Formats.HuggingFace;
using Retort.Recipes;
using Retort.Sources;
using Retort.Students;
using Retort.Tensors.Devices.Cpu;

namespace Retort;

/// <summary>As <see cref="Planner"/>, of language models: what they do is counted in tokens.</summary>
internal static class LanguagePlanner
{
    public static Plan Plan(Recipe recipe, string recipeFolder)
    {
        var routes = new TeacherRoutes(recipe.Teacher.Members);
        var tokenizer = LanguageStages.GivenTokenizer(recipe, recipeFolder);
        var data = routes.Recorded(TextDataReader.Read(recipe.Data, recipeFolder, tokenizer, recipe.Seed));
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
        CausalConfig TeacherConfig() => recipe.Teacher.Members[0].Model is { } its
            ? LanguageBuilder.ConfigOf(its, data) : Read(LanguageStages.GivenTeacher(recipe, recipeFolder)!);
        static CausalConfig Read(string folder) => CausalConfig.Read(Path.Combine(folder, CausalConfig.File));
        (long Parameters, double MultiplyAdds) Size(ModelRecipe model) => SizeOf(ConfigOf(model), data);
        double SecondsOf(ModelRecipe model, TrainingRecipe training, TextPart part, double runs, long? tokens = null) =>
            3.0 * Size(model).MultiplyAdds * (tokens ?? part.Tokens) * training.Epochs * runs
            / (Planner.MultiplyAddsPerSecondAndCore * threads);
        var lines = new List<PlanLine>
        {
            new("data", $"{data.Train.Count:N0} train, {data.Validation.Count:N0} validation, {data.Test.Count:N0} test",
                $"{data.Train.Tokens:N0} tokens to train on, {data.Train.Targets:N0} of them to be said; {data.Tokenizer.Tokenizer.Size:N0} different ones"),
        };
        var (model, taught) = (recipe.Student.Model, recipe.Labels.Kind == "text" ? data.Asked : data.Train);
        var total = 0.0;
        if (recipe.Teacher.Members[0] is { Model: { } own, Training: { } schooling })
            Add("teacher", own, SecondsOf(own, schooling, data.ForTeacher, 1), $"{schooling.Epochs} epochs of {data.ForTeacher.Count:N0} texts");
        var chat = recipe.Teacher.Members[0].Chat;
        long? learnt = recipe.Teacher.OnlySpeaks && chat is null ? new RecordedTexts(data, recipe.Labels.Answers!).Tokens : null;
        if (recipe.Student.Rounds is { } rounds) lines.Add(Judging(recipe, data, rounds));
        else if (chat is not null)
            foreach (var (i, member) in recipe.Teacher.Members.Index())
            {
                var asked = new AskedTexts(routes.Part(data, i), member.Chat!, recipe.Labels, "",
                    new Progress<Runs.StageProgress>(), TimeProvider.System);
                var who = recipe.Teacher.Members.Count == 1 ? "asking: " : $"asking {TeacherRoutes.NameOf(member)}: ";
                lines.AddRange(Asking.AskingPlan.Of(asked.Order, asked.Identity, text => data.Tokenizer.Plain(text).Length)
                    .Select(row => new PlanLine(who + row.Item, row.Value, row.Why)));
            }
        else if (recipe.Teacher.OnlySpeaks)
            lines.Add(new("answers", $"{data.Recorded!.Sum(texts => texts.Count):N0}", $"recorded; {learnt:N0} tokens with their prompts"));
        else if (recipe.Labels.Kind == "text")
            lines.Add(new("answers", $"{(long)data.Asked.Count * recipe.Labels.Answers!.PerPrompt:N0}", "written token by token; not in the time below"));
        if (recipe.Labels.StoresTokens)
            lines.Add(new("labels", recipe.Labels.Kind, chat is not null ? AskedLabels.CostOf(recipe, data)
                : TokenLabelling.CostOf(recipe, data, TeacherConfig().HiddenSize)));
        Add("student", model, SecondsOf(model, recipe.Student.Training, taught, 1, learnt),
            $"{recipe.Student.Training.Epochs} epochs of {taught.Count:N0} texts");
        if (recipe.Student.OnPolicy is { Controls: true })
            Add("controls", model, 3 * SecondsOf(model, recipe.Student.Training, taught, 1),
                "the same student on fixed data and on fresh answers of its teacher, at equal updates and at equal cost");
        var tries = Math.Max(1, recipe.Baseline.LearningRates.Count) + (recipe.Baseline.HalfSteps ? 0.5 : 0);
        Add("baseline", model, SecondsOf(model, recipe.Baseline.Training, data.Train, tries), string.Create(CultureInfo.InvariantCulture,
            $"the same student without a teacher, {tries} runs of {recipe.Baseline.Training.Epochs} epochs"));
        lines.Add(new("time", $"about {Planner.Time(total)}",
            $"{threads} threads at an assumed {Planner.MultiplyAddsPerSecondAndCore / 1e9:0} G multiply-adds a second each; small models reach a part of it"));
        lines.Add(Memory(recipe, recipeFolder, data, ConfigOf));
        lines.Add(Disk(recipe, data, ConfigOf));
        if (chat is null) lines.Add(new("money", "0", "every teacher of this recipe runs here"));
        return new Plan(lines);

        void Add(string item, ModelRecipe described, double seconds, string why)
        {
            total += seconds;
            lines.Add(new(item, $"{Size(described).Parameters:N0} parameters, about {Planner.Time(seconds)}", why));
        }
    }

    /// <summary>Questions to a judge; equal answers are asked about once, so there are fewer.</summary>
    private static PlanLine Judging(Recipe recipe, TextData data, RoundsRecipe rounds)
    {
        if (rounds.Judge.AsksNobody) return new("judging", "nobody is asked", "the data's own check says what is right");
        var chat = recipe.Teacher.Members[0].Chat!;
        var (asked, held) = JudgedRound.PromptsOf(data, rounds);
        var ofPairs = rounds.Judge.By == "pairs" ? 2 : 1;
        var away = Math.Min(rounds.Judge.Opponents == 0 ? rounds.Answers : rounds.Judge.Opponents, rounds.Answers / 2);
        var questions = (long)rounds.Count * asked.Count * rounds.Answers * (ofPairs == 2 ? 2 * away : 1)
            + (long)held.Count * rounds.HeldOut * (rounds.Count + 2) * ofPairs + 2L * Math.Min(chat.CheckOn, data.Validation.Count);
        var judge = new AskedJudge(chat, rounds.Judge, "", new Progress<Runs.StageProgress>(), TimeProvider.System);
        var (tokens, dollars) = judge.AtMost(questions, rounds.Judge.Question.Length / 4 + ofPairs * data.ContextLength);
        return new("judging", string.Create(CultureInfo.InvariantCulture, $"at most {questions:N0} questions"), string.Create(CultureInfo.InvariantCulture,
            $"{rounds.Count} rounds of {asked.Count:N0} prompts with {rounds.Answers} answers, and {held.Count:N0} prompts held out; {tokens:N0} tokens, {Teachers.Chat.Budget.Money(dollars)}"));
    }

    /// <summary>Of the stage that takes most: teacher and student are not trained at the same time.</summary>
    private static PlanLine Memory(Recipe recipe, string recipeFolder, TextData data, Func<ModelRecipe, CausalConfig> configOf)
    {
        using var device = new CpuDevice(1);
        var given = LanguageStages.GivenTeacher(recipe, recipeFolder);
        var own = recipe.Teacher.Members[0] is { Model: { } model } ? configOf(model) : null;
        var reads = recipe.Student.Objective.Any(term => Catalog.Objective(term.Name, "objective").AsksTheTeacher);
        var teacher = !reads ? null : given is null ? own : CausalConfig.Read(Path.Combine(given, CausalConfig.File));
        LanguageMemory Of(CausalConfig config, TrainingRecipe training, TextPart part, CausalConfig? asked) =>
            LanguageMemory.Of(config, training, asked, data.ContextLength, (double)part.Targets / Math.Max(1, part.Tokens), device);
        var student = Of(configOf(recipe.Student.Model), recipe.Student.Training, data.Train, teacher);
        var schooling = own is not null && recipe.Teacher.Members[0].Training is { } training
            ? Of(own, training, data.ForTeacher, null) : student;
        var (most, who) = schooling.Bytes > student.Bytes ? (schooling, "teacher") : (student, "student");
        return new("memory", Planner.Bytes(most.Bytes),
            $"training the {who}: {Planner.Bytes(most.Fixed)} for weights, gradients and moments, {Planner.Bytes(most.Step)} for what a step keeps"
            + (recipe.Student.Training.RecomputeBlocks ? " with its blocks computed again" : "; training.accumulate and training.recomputeBlocks lower it"));
    }

    /// <summary>
    /// Each model in its folder with the checkpoint that it came from; of the baseline every candidate; the student's exports.
    /// </summary>
    private static PlanLine Disk(Recipe recipe, TextData data, Func<ModelRecipe, CausalConfig> configOf)
    {
        long Trained(ModelRecipe model, TrainingRecipe training) =>
            sizeof(float) * SizeOf(configOf(model), data).Parameters * (1 + LanguageMemory.Copies(training));
        var weights = sizeof(float) * SizeOf(configOf(recipe.Student.Model), data).Parameters;
        var teacher = recipe.Teacher.Members[0] is { Model: { } model, Training: { } schooling } ? Trained(model, schooling) : 0;
        var student = Trained(recipe.Student.Model, recipe.Student.Training);
        var tries = Math.Max(1, recipe.Baseline.LearningRates.Count) + (recipe.Baseline.HalfSteps ? 1 : 0);
        var baseline = weights + tries * Trained(recipe.Student.Model, recipe.Baseline.Training);
        var exported = weights * recipe.Export.Count;
        return new("disk", Planner.Bytes(teacher + student + baseline + exported),
            $"with checkpoints: {(teacher > 0 ? $"teacher {Planner.Bytes(teacher)}, " : "")}student {Planner.Bytes(student)}, baseline and its {tries} tries {Planner.Bytes(baseline)}, export {Planner.Bytes(exported)}");
    }

    /// <summary>Multiply-adds of one token of a whole context.</summary>
    private static (long Parameters, double MultiplyAdds) SizeOf(CausalConfig config, TextData data)
    {
        using var model = LanguageCheckpoint.Create(config);
        return (model.Weights.Count, model.MultiplyAddsOf(data.ContextLength) / (double)data.ContextLength);
    }
}
