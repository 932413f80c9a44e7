namespace Retort.Recipes.Conversion;

/// <summary>DistillKit's configuration.</summary>
internal static class DistillKitConversion
{
    private const double UsualWeight = 0.5;

    /// <summary>Its losses have T², as ours.</summary>
    public static void Convert(Translation translation)
    {
        translation.MovePath("model", LanguageKeys.StudentFrom);
        translation.MovePath("teacher.path", LanguageKeys.TeacherPath);
        if (translation.From.Text("teacher.kind") is { } kind and not "hf")
            translation.LeaveValue("teacher.kind", kind, "the teacher is a checkpoint on this machine: teacher.path");
        translation.MovePath("dataset.train_dataset.repo_id", LanguageKeys.DataPath);
        translation.MovePath("dataset.train_dataset.disk_path", LanguageKeys.DataPath);
        translation.MoveNumber("sequence_length", LanguageKeys.Context);
        string[] losses = [.. translation.From.Items("loss_functions")];
        if (losses.Length == 0)
        {
            translation.Draft.Term("soft-label", UsualWeight, ("temperature", "1"));
            translation.Draft.Term("hard-label", UsualWeight);
            translation.Means("without loss_functions DistillKit takes half cross-entropy and half KL at T = 1.");
        }
        foreach (var loss in losses) Loss(translation, loss);
        translation.Leave("project_name", "a recipe's name is the file's");
        translation.Leave("output_path", "the run folder is named on the command line: --out");
        TrainingArguments.Convert(translation, "training_args.");
    }

    private static void Loss(Translation translation, string loss)
    {
        string Key(string name) => $"{loss}.{name}";
        var function = translation.From.Text(Key("function")) ?? "";
        var weight = translation.Read(Key("weight"), 1, "student.objective (weight)");
        var temperature = function == "cross_entropy" ? 1 : translation.From.Number(Key("temperature")) ?? 1;
        var t = ("temperature", RecipeDraft.Text(temperature));
        var missing = translation.From.Text(Key("missing_probability_handling"));
        switch (function)
        {
            case "cross_entropy": translation.Draft.Term("hard-label", weight); break;
            case "kl":
                var tail = missing switch { "zero" => "renormalise", "symmetric_uniform" or "uniform" => "tailBucket", _ => null };
                translation.Draft.Term("soft-label", weight, tail is null ? [t] : [t, ("tail", tail)]);
                var why = tail == "tailBucket"
                    ? "mass spread evenly on both sides is one more class"
                    : "the teacher's kept probabilities are made to sum to one, the student's are not";
                if (tail is not null) translation.Means($"missing_probability_handling: {missing} is tail: {tail}: {why}.");
                break;
            case "jsd":
                translation.Draft.Term("jensen-shannon", weight, ("teacherWeight", "0.5"), ("form", "plain"), t);
                translation.Means("jsd is form: plain, the bracket alone; Retort's default is four times that.");
                break;
            case "tvd":
                translation.Draft.Term("total-variation", weight);
                if (temperature != 1) translation.LeaveValue(Key("temperature"), t.Item2, "total-variation is taken at T = 1");
                break;
            default:
                translation.LeaveValue(Key("function"), function, function.StartsWith("hs_", StringComparison.Ordinal)
                    ? "hidden states are compared by hint or cosine-embedding, with the pairs of layers by name (features)"
                    : "the catalogue has no such loss; sorted-probabilities and correlation-match are its kin");
                break;
        }
    }
}
