using Retort.Labels;
using Retort.Objectives;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What texts ask of the rest of a recipe: language models, and answers of a kind that texts have.</summary>
internal static class LanguageCheck
{
    private static readonly string[] Kinds = ["live", "hard", "top-k", "sampled", "hidden", "text", "judged"];

    public static void Check(Recipe recipe, string fileName)
    {
        var models = recipe.Teacher.Members.Select((member, i) => ($"teacher.members[{i}]", member.Model))
            .Append(("student", recipe.Student.Model));
        foreach (var (path, model) in models)
            if (model is not null && model.IsLanguage != recipe.Data.IsLanguage)
                throw new RetortException(fileName, $"{path}.model is of kind {model.Kind}, and data.source is {recipe.Data.Source}.",
                    recipe.Data.IsLanguage ? "a model of texts." : "a model of numbers.",
                    recipe.Data.IsLanguage ? "use kind: gpt." : "use data.source text, arithmetic or tales.");
        if (!recipe.Data.IsLanguage)
        {
            if (recipe.Teacher.HasOwnTokenizer)
                throw new RetortException(fileName, $"teacher.tokenizer is own, and data.source is {recipe.Data.Source}.", "texts.",
                    "remove the key.");
            if (recipe.Student.OnPolicy is not null)
                throw new RetortException(fileName, $"student.onPolicy stands beside data.source {recipe.Data.Source}.",
                    "prompts to answer: data.source text, arithmetic or tales.", "remove the key.");
            if (recipe.Labels.Kind is "text" or "sampled" or "hidden")
                throw new RetortException(fileName, $"labels.kind is {recipe.Labels.Kind}, and data.source is {recipe.Data.Source}.",
                    recipe.Labels.Kind switch
                    {
                        "text" => "prompts to answer.",
                        "sampled" => "texts, of whose tokens some are drawn.",
                        _ => "texts, about whose tokens a language model answers.",
                    },
                    "use labels of kind soft.");
            if (recipe.Student.Lora is not null)
                throw new RetortException(fileName, $"student.lora stands beside data.source {recipe.Data.Source}.", "a language model.",
                    "remove the key.");
            if (recipe.Export.Contains("gguf"))
                throw new RetortException(fileName, "export names gguf.", "a language model.", "use onnx.");
            foreach (var (path, training) in Trainings(recipe))
                if (training is { RecomputeBlocks: true })
                    throw new RetortException(fileName, $"{path}.training.recomputeBlocks is true, and data.source is {recipe.Data.Source}.",
                        "a model of kind gpt, which has blocks.", "remove the key.");
            return;
        }
        CheckTeacher(recipe, fileName);
        CheckSpoken(recipe, fileName);
        RewritingCheck.Check(recipe, fileName);
        CheckPairs(recipe, fileName);
        CheckOwnTokenizer(recipe, fileName);
        CheckOwnAnswers(recipe, fileName);
        if (recipe.Data.Prompts > 0 && recipe.Labels.Kind is not ("text" or "judged"))
            throw new RetortException(fileName, $"data.prompts is {recipe.Data.Prompts}, and labels.kind is {recipe.Labels.Kind}.",
                "a teacher that answers them, or judges answers to them.", "write labels: {kind: text}.");
        if (!Kinds.Contains(recipe.Labels.Kind))
            throw new RetortException(fileName, $"labels.kind is {recipe.Labels.Kind}, and data.source is {recipe.Data.Source}.",
                $"one of: {string.Join(", ", Kinds)}.", "write labels: {kind: live}.");
        if (recipe.Labels.Kind == "top-k" && LabelKeep.Parse(recipe.Labels.Keep).IsUnlimited)
            throw new RetortException(fileName, $"labels.keep is {recipe.Labels.Keep}, which may be any number of tokens.", "a limit.",
                $"write keep: {recipe.Labels.Keep} max 100.");
        if (recipe.Export.Contains("onnx"))
            throw new RetortException(fileName, "export names onnx, and the student is a gpt.", "safetensors or gguf.",
                "write export: [safetensors, gguf].");
        if (recipe.Data is { Source: "arithmetic" } data && data.TestTerms < data.Terms)
            throw new RetortException(fileName, $"data.testTerms is {data.TestTerms}, below data.terms, {data.Terms}.",
                "the test part has sums as long as were trained on, and longer ones.", "raise data.testTerms.");
        foreach (var term in recipe.Student.Objective)
            if (Catalog.Objective(term.Name, fileName) is var known
                && ((known.Needs & (Needs.Features | Needs.EachTeacher)) != 0 || known.RemembersRows || known.OnGraph || known.ReadsNumber))
                throw new RetortException(fileName, $"objective '{term.Name}' does not know what a text is.",
                    "objectives on the answers about each token: soft-label, reverse-kl, hard-label.", "use soft-label.");
        string? unfit = recipe.Student switch
        {
            { Initial: not null, Model.From: not "teacher" } => "initial",
            { Initial.Energy: > 0 } => "initial.energy",
            { Lora: not null, Model.From: null } or { Lora: not null, Model.From: "teacher", Initial: null } => "lora",
            { Examples: not null } => "examples",
            { Assistants.Count: > 0 } => "assistants",
            _ => null,
        };
        if (unfit is not null)
            throw new RetortException(fileName, $"student.{unfit} stands beside data.source {recipe.Data.Source}.", unfit switch
            {
                "initial" => "student.model: {kind: gpt, from: teacher}, of which it is a part.",
                "lora" => "a model that it adapts: student.model.from, and student.initial where that is the teacher.",
                _ => "a student that learns from texts alone.",
            }, "remove the key.");
        if (recipe.Student.OnPolicy is { Source: "student" }
            && recipe.Student.Objective.All(term => Catalog.Objective(term.Name, fileName).Needs == Needs.HardLabels))
            throw new RetortException(fileName, "student.onPolicy has the student answer, and no objective asks the teacher about it.",
                "an objective on the teacher's answer about each token.", "use soft-label, reverse-kl or jensen-shannon, or source: teacher.");
        if (recipe.Student.OnPolicy is not null && recipe.Labels.StoresTokens)
            throw new RetortException(fileName, $"student.onPolicy stands beside labels.kind {recipe.Labels.Kind}.",
                "a teacher that answers about what is written in the loop.", "write labels: {kind: live}.");
        if (recipe.Teacher.Members.Any(member => member.Model is { From: not null }))
            throw new RetortException(fileName, "teacher.model has the key from.", "a teacher with sizes of its own.",
                "write teacher: {source: checkpoint, path: …}.");
        foreach (var (path, training) in Trainings(recipe))
            if (training is { Mixup: true } or { Attack: not null } or { AugmentShift: > 0 } or { AugmentNoise: > 0 }
                or { MaxNormSquared: > 0 })
                throw new RetortException(fileName, $"{path}.training moves examples of numbers, or limits hidden units.",
                    "texts as they are: no mixup, attack, augmentShift, augmentNoise, maxNormSquared.", "remove the key.");
    }

    private static IEnumerable<(string Path, TrainingRecipe? Training)> Trainings(Recipe recipe) => recipe.Teacher.Members
        .Select((member, i) => ($"teacher.members[{i}]", member.Training)).Append(("student", recipe.Student.Training));

    private static void CheckTeacher(Recipe recipe, string fileName)
    {
        if (recipe.Teacher is { OnlySpeaks: true, Storage: "float32" }) return;
        if (recipe.Teacher is not { Members: [{ Source: "train" or "checkpoint" or "recorded" or "chat", Snapshots: 1 }], Storage: "float32" })
            throw new RetortException(fileName,
                $"{recipe.Teacher.Members.Count} teacher(s), the first of source {recipe.Teacher.Members[0].Source}, and texts.",
                "one language model of source train or checkpoint, in float32, without snapshots.", "write teacher: {source: train, …}.");
    }

    /// <summary>A pair's two texts are one thing: nothing parts them, and nothing else is learnt beside them.</summary>
    private static void CheckPairs(Recipe recipe, string fileName)
    {
        if (recipe.Student.Objective.FirstOrDefault(term => Catalog.Objective(term.Name, fileName).Needs == Needs.Pairs)
            is not { } pairs) return;
        var (beside, remedy) = recipe switch
        {
            { Student.Training.Accumulate: > 1 } => ("student.training.accumulate", "remove accumulate."),
            { Student.OnPolicy: not null } => ("student.onPolicy", "remove the key."),
            { Student.Objective.Count: > 1 } => ("another objective, which would learn the worse answers too", "leave it alone."),
            _ => default,
        };
        if (beside is not null)
            throw new RetortException(fileName, $"objective '{pairs.Name}' stands beside {beside}.", "pairs alone, each in one piece.", remedy);
    }

    /// <summary>A teacher that only speaks gives texts; of plain ones it may tell what it thinks of each token.</summary>
    private static void CheckSpoken(Recipe recipe, string fileName)
    {
        if (recipe.Labels.Kind == "judged") return; // it gives no texts, it judges them: RoundsCheck
        var (source, chat) = (recipe.Data.Source, recipe.Teacher.Members[0].Chat is not null);
        if (recipe.Teacher.OnlySpeaks != source is "traces" && !(chat && source == "text"))
            throw new RetortException(fileName, $"teacher.source is {recipe.Teacher.Members[0].Source}, and data.source {source}.",
                "texts of a teacher that only speaks: teacher.source recorded or chat, and data.source traces; or chat and text.",
                "write teacher: {source: recorded}, and data: {source: traces, path: …}.");
        if (!recipe.Teacher.OnlySpeaks) return;
        var labelled = source == "text" && recipe.Labels.Kind == "top-k";
        var (beside, expected, remedy) = recipe switch
        {
            { Labels.Kind: not "text" } when !labelled => ($"labels.kind {recipe.Labels.Kind}",
                source == "text" ? "what it wrote, and what it thought of each token" : "what it wrote",
                source == "text" ? "write labels: {kind: text}, or {kind: top-k, keep: 20}." : "write labels: {kind: text}."),
            { Labels.Keep: var keep } when labelled && !int.TryParse(keep, out _) => ($"labels.keep {keep}",
                "a count: so many alternatives are asked for with each token", "write keep: 20."),
            { Data.Tokenizer.Length: 0 } when labelled => ("no data.tokenizer", "the teacher's tokens: what it says about them means no others",
                "name a folder with the teacher's tokenizer in data.tokenizer, or write labels: {kind: text}."),
            { Student.OnPolicy: not null } => ("student.onPolicy", "a teacher that can be asked", "remove the key."),
            { Student.Model.From: "teacher" } => ("student.model.from teacher", "a student of its own", "give it sizes, or name a folder."),
            { Data: { Source: "traces", Check: "none" }, Teacher.Members: [{ Source: "chat" }, ..] } => ("data.check none",
                "answers that can be told right from wrong", "write check: math."),
            { Data.Check: "none", Labels.Answers.RightOnly: true } => ("labels.answers.rightOnly and data.check none",
                "answers that can be told right from wrong", "write check: math, or remove rightOnly."),
            { Data.Thought: "task", Student.Training.Accumulate: > 1 } => ("data.thought task and student.training.accumulate",
                "a batch of two tasks, which is computed in two parts already", "remove accumulate."),
            _ when !labelled && recipe.Student.Objective.Any(term => Catalog.Objective(term.Name, fileName).AsksTheTeacher) =>
                ("an objective that asks the teacher about tokens", "hard-label: its texts are the labels", "use hard-label."),
            _ => default,
        };
        if (beside is not null)
            throw new RetortException(fileName, $"teacher.source {recipe.Teacher.Members[0].Source} stands beside {beside}.", $"{expected}.", remedy);
    }

    /// <summary>Nothing about single tokens can be stored or written for a student whose tokens are others.</summary>
    private static void CheckOwnTokenizer(Recipe recipe, string fileName)
    {
        if (!recipe.Teacher.HasOwnTokenizer) return;
        var (beside, expected, remedy) = recipe switch
        {
            { Teacher.Members: not [{ Source: "checkpoint" }] } => ("a teacher that is trained here, on the texts' tokens",
                "a model that is there, with its tokenizer", "write teacher: {source: checkpoint, path: …, tokenizer: own}."),
            { Labels.Kind: not "live" } => ($"labels.kind {recipe.Labels.Kind}", "a teacher that answers in the loop",
                "write labels: {kind: live}."),
            { Student.Model.From: "teacher" } => ("student.model.from teacher", "a student of the texts' tokens",
                "give it sizes of its own."),
            { Student.OnPolicy: { Source: "teacher" } or { Controls: true } } => ("answers that the teacher writes",
                "answers in the texts' tokens", "write onPolicy: {source: student, controls: false}."),
            _ => default,
        };
        if (beside is null) return;
        throw new RetortException(fileName, $"teacher.tokenizer is own beside {beside}.", $"{expected}.", remedy);
    }

    /// <summary>A sampled token is weighed by the probability that it was drawn with: the student's of this update, as it is.</summary>
    private static void CheckOwnAnswers(Recipe recipe, string fileName)
    {
        if (recipe.Student.OnPolicy is null || recipe.Student.Objective.Select(term => Catalog.Objective(term.Name, fileName))
            .FirstOrDefault(known => known.WeighsDraws) is not { } weighs) return;
        var beside = recipe.Student.OnPolicy.Replay is not null ? "student.onPolicy.replay"
            : recipe.Student.Sampling is { Temperature: 1, TopP: 1, TopK: 0 } ? null
            : "student.sampling other than temperature 1, topP 1, topK 0";
        if (beside is null) return;
        throw new RetortException(fileName, $"objective '{weighs.Name}' stands beside {beside}.",
            "answers as the student of this update draws them: their probability is known then.", "remove the key.");
    }
}
