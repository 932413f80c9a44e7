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
        Batch(translation, Key("per_device_train_batch_size"), 8, Key("gradient_accumulation_steps"));
        translation.MoveNumber(Key("num_train_epochs"), LanguageKeys.Epochs, 3);
        Updates(translation, Key("max_steps"));
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

    /// <summary>Batches that are summed up before an update are parts of one batch here.</summary>
    /// <param name="translation">What is converted.</param>
    /// <param name="size">The key of a part's texts.</param>
    /// <param name="otherwise">Of them where the file does not say.</param>
    /// <param name="parts">The key of the number of parts.</param>
    public static void Batch(Translation translation, string size, double otherwise, string parts)
    {
        var count = translation.Read(size, otherwise, LanguageKeys.BatchSize);
        var accumulated = Math.Max(1, translation.MoveNumber(parts, LanguageKeys.Accumulate));
        translation.Draft.Set(LanguageKeys.BatchSize, count * accumulated);
        translation.Means("batchSize is the whole batch of an update, of which accumulate is the number of parts; it counts rows into which texts are packed, not texts.");
    }

    /// <summary>A limit, which does not count where it is 0 or below.</summary>
    public static void Updates(Translation translation, string key)
    {
        if (translation.From.Number(key) is > 0 and var updates)
            translation.LeaveValue(key, RecipeDraft.Text(updates), "updates follow from epochs, batchSize and the data: it stands above the epochs there");
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
