using Retort.Objectives;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What rounds of answering and judging ask of the rest of a recipe.</summary>
internal static class RoundsCheck
{
    /// <exception cref="RetortException">The recipe cannot work.</exception>
    public static void Check(Recipe recipe, string fileName)
    {
        if ((recipe.Labels.Kind == "judged") != recipe.Student.Rounds is not null)
            throw new RetortException(fileName, recipe.Student.Rounds is null ? "labels.kind is judged without student.rounds."
                : $"student.rounds stands beside labels.kind {recipe.Labels.Kind}.",
                "both: who judges, and what is done with it.", "write labels: {kind: judged}, and student.rounds: {count: 2}.");
        if (recipe.Student.Rounds is not { } rounds) return;
        var (beside, expected, remedy) = recipe switch
        {
            { Data.Source: not ("text" or "arithmetic" or "tales") } => ($"data.source {recipe.Data.Source}", "prompts with answers: text, arithmetic or tales",
                "write data.source text."),
            { Teacher.Members: not [{ Source: "chat" }] } => ($"teacher.source {recipe.Teacher.Members[0].Source}",
                "a teacher that can be asked what it thinks of an answer", "write teacher: {source: chat, chat: {…}}."),
            { Student.OnPolicy: not null } => ("student.onPolicy", "answers of one kind", "remove one of the two."),
            { Student.Model.From: "teacher" } => ("student.model.from teacher", "a student of its own", "give it sizes, or name a folder."),
            { Student.Model: { From: not null } part } when part.Layers + part.Width + part.Heads + part.Hidden.Count > 0 =>
                ("sizes beside student.model.from", "the model as it is", "remove layers, width, heads and hidden."),
            { Student.Objective.Count: > 1 } => ("several objectives", "one of best-of-n, direct-preference and hard-label", "leave one."),
            { Student.Rounds.Judge.AsksNobody: true, Data: { Source: "text", Check: "none" } } => ("student.rounds.judge.by check and data.check none",
                "data that can tell what is right", "write data.check: exact, or let the teacher judge."),
            _ when rounds.Training.Accumulate > 1 && recipe.Student.Objective[0].Name != "hard-label" =>
                ("student.rounds.training.accumulate", "answers to be weighed together", "remove accumulate."),
            _ when recipe.Teacher.Members[0].Chat!.System != new ChatRecipe { Endpoint = "", Model = "" }.System =>
                ("teacher.chat.system", "one text that a judge is given", "write it into student.rounds.judge.question."),
            _ => default,
        };
        if (beside is not null)
            throw new RetortException(fileName, $"student.rounds stands beside {beside}.", $"{expected}.", remedy);
        var term = recipe.Student.Objective[0];
        if ((Catalog.Objective(term.Name, fileName).Needs & (Needs.Ranked | Needs.Pairs)) == 0 && term.Name != "hard-label")
            throw new RetortException(fileName, $"objective '{term.Name}' does not know what a judged answer is.",
                "best-of-n, direct-preference, or hard-label on the best answer to each prompt.", "use best-of-n.");
    }
}
