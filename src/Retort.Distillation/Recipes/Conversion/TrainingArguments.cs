namespace Retort.Recipes.Conversion;

/// <summary>The arguments of transformers' Trainer, which TRL, axolotl and DistillKit hand on; their defaults are written out.</summary>
internal static class TrainingArguments
{
    /// <param name="translation">What is converted.</param>
    /// <param name="prefix">Of the keys, with its dot; empty = they stand at the top.</param>
    /// <param name="learningRate">The tool's default.</param>
    public static void Convert(Translation translation, string prefix, double learningRate = 5e-5)
    {
        string Key(string name) => prefix + name;
        translation.MoveNumber(Key("learning_rate"), LanguageKeys.LearningRate, learningRate);
        translation.MoveNumber(Key("per_device_train_batch_size"), LanguageKeys.BatchSize, 8);
        translation.MoveNumber(Key("gradient_accumulation_steps"), LanguageKeys.Accumulate);
        translation.MoveNumber(Key("num_train_epochs"), LanguageKeys.Epochs, 3);
        if (translation.From.Number(Key("max_steps")) is > 0) translation.MoveNumber(Key("max_steps"), LanguageKeys.Steps);
        translation.MoveNumber(Key("weight_decay"), LanguageKeys.WeightDecay, 0);
        translation.MoveNumber(Key("warmup_steps"), LanguageKeys.Warmup);
        translation.MoveNumber(Key("max_grad_norm"), LanguageKeys.ClipNorm, 1);
        translation.MoveNumber(Key("seed"), LanguageKeys.Seed, 42);
        Schedule(translation, Key("lr_scheduler_type"), "linear");
        Optimizer(translation, Key("optim"));
        translation.Leave(Key("warmup_ratio"), "Retort counts steps: student.training.warmupSteps");
        translation.Leave(Key("output_dir"), "the run folder is named on the command line: --out");
        foreach (var precision in (string[])["bf16", "fp16", "tf32"])
            translation.Leave(Key(precision), "Retort computes in 32 bits");
        translation.Leave(Key("gradient_checkpointing"), "it changes memory, not results");
    }

    public static void Schedule(Translation translation, string key, string otherwise)
    {
        var schedule = translation.From.Text(key) ?? otherwise;
        var own = schedule == "constant_with_warmup" ? "constant" : schedule;
        if (own is "linear" or "cosine" or "constant") translation.Move(key, LanguageKeys.Schedule, otherwise);
        else translation.LeaveValue(key, schedule, "Retort has constant, linear and cosine");
        if (own != schedule) translation.Draft.Set(LanguageKeys.Schedule, own);
    }

    public static void Optimizer(Translation translation, string key)
    {
        if (translation.From.Text(key) is not { } optimizer) return;
        if (optimizer.StartsWith("adamw", StringComparison.Ordinal)) translation.Draft.Set(LanguageKeys.Optimizer, "adamw");
        else if (optimizer == "sgd") translation.Move(key, LanguageKeys.Optimizer);
        else translation.LeaveValue(key, optimizer, "Retort has adamw and sgd");
    }
}
