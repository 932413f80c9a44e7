using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What labels.answers.rewrite asks of the rest of a recipe.</summary>
internal static class RewritingCheck
{
    /// <exception cref="RetortException">Nobody can rewrite, or nobody could tell whether an answer stayed right.</exception>
    public static void Check(Recipe recipe, string fileName)
    {
        if (recipe.Labels.Answers is not { } answers || (answers.Rewrite.Length == 0 && answers.Rewriter is null)) return;
        var (what, expected, remedy) = (recipe, answers) switch
        {
            (_, { Rewrite: "" }) => ("labels.answers.rewriter stands without labels.answers.rewrite", "what it is told",
                "write rewrite: \"Write this solution again in numbered steps. Problem: {prompt} Solution: {answer}\"."),
            (_, { Rewrite: var told }) when !told.Contains("{answer}", StringComparison.Ordinal) =>
                ("labels.answers.rewrite has no {answer}", "a text with {answer}, and {prompt} where it helps", "add them."),
            ({ Teacher.OnlySpeaks: false }, _) => ($"labels.answers.rewrite stands beside teacher.source {recipe.Teacher.Members[0].Source}",
                "texts of a teacher that only speaks: source recorded or chat", "remove the key."),
            ({ Data.Thought: not "keep" }, _) => ($"labels.answers.rewrite stands beside data.thought {recipe.Data.Thought}",
                "thoughts that are learnt with their answers", "write thought: keep."),
            ({ Data.Check: "none" }, _) => ("labels.answers.rewrite stands beside data.check none",
                "answers that can be told right from wrong: what is rewritten is verified again", "write check: math."),
            ({ Teacher.Members: [{ Chat: null }, ..] or { Count: > 1 } }, { Rewriter: null }) =>
                ("labels.answers.rewrite stands without labels.answers.rewriter", "whom to ask", "write rewriter: {endpoint: …, model: …}."),
            _ => default,
        };
        if (what is not null) throw new RetortException(fileName, what + ".", expected + ".", remedy);
    }
}
