namespace Retort.Recipes.Conversion;

/// <summary>NVIDIA's NeMo-RL (distillation of what the student writes) and NeMo Automodel (of given text).</summary>
internal static class NemoConversion
{
    /// <summary>mixed_kl_weight weighs the FORWARD divergence.</summary>
    public static void Rl(Translation translation)
    {
        translation.MovePath("policy.model_name", LanguageKeys.StudentFrom);
        translation.MovePath("teacher.model_name", LanguageKeys.TeacherPath);
        translation.MovePath("data.train_data_path", LanguageKeys.DataPath);
        translation.MovePath("data.dataset_name", LanguageKeys.DataPath);
        translation.MoveNumber("policy.max_total_sequence_length", LanguageKeys.Context);
        var kind = translation.ReadWord("loss_fn.kl_type", "mixed", "student.objective (names)", "forward", "reverse", "mixed");
        var forward = kind switch
        {
            "forward" => 1, "reverse" => 0, _ => translation.Read("loss_fn.mixed_kl_weight", 0.5, "student.objective (softWeight)"),
        };
        if (forward > 0) translation.Draft.Term("soft-label", forward, ("temperature", "1"));
        if (forward < 1) translation.Draft.Term("reverse-kl", 1 - forward, ("temperature", "1"));
        if (kind == "mixed")
            translation.Means("mixed_kl_weight is the weight of the forward divergence (soft-label); reverse-kl gets the rest of 1.");
        translation.Leave("distillation.topk_logits_k", "a teacher on this machine gives all its probabilities");
        translation.Leave("loss_fn.zero_outside_topk", "a teacher on this machine gives all its probabilities");
        translation.Draft.Set(LanguageKeys.OnPolicyShare, 1);
        translation.Means("NeMo-RL trains on what the student writes: student.onPolicy.share is 1.");
        translation.MoveNumber("policy.generation.temperature", LanguageKeys.SamplingTemperature, 1);
        translation.MoveNumber("policy.generation.top_p", LanguageKeys.SamplingTopP);
        translation.MoveNumber("policy.generation.top_k", LanguageKeys.SamplingTopK);
        translation.MoveNumber("policy.generation.max_new_tokens", LanguageKeys.SamplingTokens);
        translation.Leave("distillation.num_generations_per_prompt", "a prompt is answered once each time that it comes up");
        translation.MoveNumber("policy.train_global_batch_size", LanguageKeys.BatchSize);
        TrainingArguments.Updates(translation, "distillation.max_num_steps");
        translation.MoveNumber("distillation.max_num_epochs", LanguageKeys.Epochs);
        translation.MoveNumber("distillation.seed", LanguageKeys.Seed);
        translation.MoveNumber("policy.optimizer.kwargs.lr", LanguageKeys.LearningRate);
        translation.MoveNumber("policy.optimizer.kwargs.weight_decay", LanguageKeys.WeightDecay);
        translation.MoveNumber("policy.max_grad_norm", LanguageKeys.ClipNorm);
    }

    /// <summary>kd_ratio r: r of the loss is distilled, with T², and 1 − r is cross-entropy.</summary>
    public static void Automodel(Translation translation)
    {
        translation.MovePath("model.pretrained_model_name_or_path", LanguageKeys.StudentFrom);
        translation.MovePath("teacher_model.pretrained_model_name_or_path", LanguageKeys.TeacherPath);
        translation.MovePath("dataset.path_or_dataset", LanguageKeys.DataPath);
        var ratio = translation.Read("kd_ratio", 0.5, "student.objective (softWeight, hardWeight)");
        var temperature = translation.ReadTemperature("kd_loss_fn.temperature", 1, "student.objective (temperature)");
        if (ratio > 0) translation.Draft.Term("soft-label", ratio, ("temperature", RecipeDraft.Text(temperature)));
        if (ratio < 1) translation.Draft.Term("hard-label", 1 - ratio);
        translation.Means("kd_ratio r is softWeight = r and hardWeight = 1 − r; the two are independent here.");
        translation.MoveNumber("optimizer.lr", LanguageKeys.LearningRate);
        translation.MoveNumber("optimizer.weight_decay", LanguageKeys.WeightDecay);
        translation.MoveNumber("step_scheduler.global_batch_size", LanguageKeys.BatchSize);
        translation.MoveNumber("step_scheduler.num_epochs", LanguageKeys.Epochs);
        TrainingArguments.Updates(translation, "step_scheduler.max_steps");
        translation.MoveNumber("peft.dim", LanguageKeys.LoraRank);
        translation.MoveNumber("peft.alpha", LanguageKeys.LoraScale);
        translation.Leave("kd_loss_fn.fp32_upcast", "Retort computes in 32 bits");
    }
}
