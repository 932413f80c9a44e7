namespace Retort.Recipes.Conversion;

/// <summary>axolotl's configuration with its KD plugin.</summary>
internal static class AxolotlConversion
{
    /// <summary>
    /// T² multiplies the value of the loss, and not its gradient, which is what trains: softWeight is divided by T². Labels are the
    /// teacher's likeliest tokens, stored with the data.
    /// </summary>
    public static void Convert(Translation translation)
    {
        translation.MovePath("base_model", LanguageKeys.StudentFrom);
        translation.MovePath("datasets.0.path", LanguageKeys.DataPath);
        translation.MoveNumber("sequence_len", LanguageKeys.Context);
        translation.Leave("kd_trainer", "it is what makes this a distillation");
        var temperature = translation.ReadTemperature("kd_temperature", 1, "student.objective (temperature)");
        var soft = translation.Read("kd_alpha", 1, "student.objective (softWeight)");
        var hard = translation.Read("kd_ce_alpha", 0, "student.objective (hardWeight)");
        var beta = translation.Read("kd_beta", 0, "student.objective (teacherWeight)");
        if (temperature != 1)
            translation.Means($"axolotl multiplies the value of the distilled loss by T², but not its gradient: softWeight is divided by T² = {RecipeDraft.Text(temperature * temperature)}, so that it trains alike; its reported loss is T² times ours.");
        translation.Divergence(beta, soft / (temperature * temperature), temperature);
        if (hard > 0) translation.Draft.Term("hard-label", hard);
        if (translation.From.Flag("kd_normalize_topk") is true)
            translation.Means("kd_normalize_topk makes the k kept probabilities of both sides sum to one, and the rest of the student's mass goes free: Retort keeps the rest as one more class (tail: tailBucket).");
        translation.Leave("kd_temperature_min", "write temperature: {from: …, to: …, kind: cosine} in the objective, and its weight to match");
        foreach (var server in (string[])["kd_online_server_base_url", "kd_online_server", "kd_online_topk", "kd_online_timeout"])
            translation.Leave(server, "the teacher is a checkpoint on this machine: teacher.path");
        translation.Means("axolotl's teacher is what stored its probabilities in the data; name the model itself as teacher.path.");
        translation.MoveNumber("learning_rate", LanguageKeys.LearningRate);
        TrainingArguments.Batch(translation, "micro_batch_size", 1, "gradient_accumulation_steps");
        translation.MoveNumber("num_epochs", LanguageKeys.Epochs, 1);
        TrainingArguments.Updates(translation, "max_steps");
        translation.MoveNumber("weight_decay", LanguageKeys.WeightDecay, 0);
        translation.MoveNumber("warmup_steps", LanguageKeys.Warmup);
        translation.MoveNumber("max_grad_norm", LanguageKeys.ClipNorm, 1);
        translation.MoveNumber("seed", LanguageKeys.Seed, 42);
        TrainingArguments.Schedule(translation, "lr_scheduler", "cosine");
        TrainingArguments.Optimizer(translation, "optimizer");
        Lora(translation);
        translation.Leave("output_dir", "the run folder is named on the command line: --out");
        foreach (var precision in (string[])["bf16", "fp16", "tf32"]) translation.Leave(precision, "Retort computes in 32 bits");
    }

    private static void Lora(Translation translation)
    {
        if (translation.From.Text("adapter") is not { } adapter) return;
        if (adapter != "lora") translation.LeaveValue("adapter", adapter, "Retort's students are whole, or have lora");
        translation.MoveNumber("lora_r", LanguageKeys.LoraRank);
        translation.MoveNumber("lora_alpha", LanguageKeys.LoraScale);
        translation.MoveNumber("lora_dropout", LanguageKeys.LoraDropout);
        string[] targets = [.. translation.From.Items("lora_target_modules").Select(item => translation.From.Text(item) ?? "")];
        if (translation.ReadFlag("lora_target_linear", false, LanguageKeys.LoraTargets)) targets = ["all-linear"];
        if (targets.Length > 0) translation.Draft.Set(LanguageKeys.LoraTargets, targets);
    }
}
