namespace Retort.Recipes.Conversion;

/// <summary>Arguments of TRL's GKDTrainer, DistillationTrainer and MiniLLMTrainer (GKDConfig and the like, as YAML or JSON).</summary>
internal static class TrlConversion
{
    /// <summary>temperature is that of sampling only; the loss has T = 1, no cross-entropy, and no T².</summary>
    public static void Gkd(Translation translation)
    {
        Models(translation, length: 1024);
        var beta = translation.Read("beta", 0.5, "student.objective (teacherWeight)");
        translation.Divergence(beta, 1, 1);
        translation.MoveNumber("lmbda", LanguageKeys.OnPolicyShare, 0.5);
        translation.Means("lmbda is the share of batches that the student writes itself: student.onPolicy.share.");
        translation.MoveNumber("temperature", LanguageKeys.SamplingTemperature, 0.9);
        translation.Means("temperature of GKD is that of sampling alone: student.sampling.temperature; the loss stays at T = 1.");
        translation.MoveNumber("max_new_tokens", LanguageKeys.SamplingTokens, 128);
        if (translation.ReadFlag("seq_kd", false, LanguageKeys.LabelKind)) translation.Draft.Set(LanguageKeys.LabelKind, "text");
        translation.Leave("disable_dropout", "a gpt has no dropout here");
        TrainingArguments.Convert(translation, "", learningRate: 2e-5);
    }

    /// <summary>temperature is both that of sampling and that of the loss; only the student writes.</summary>
    public static void Distillation(Translation translation)
    {
        Models(translation);
        var temperature = translation.MoveNumber("temperature", LanguageKeys.SamplingTemperature, 1);
        translation.Means("temperature of DistillationTrainer is that of sampling and that of the loss: both keys get it.");
        var beta = translation.Read("beta", 1, "student.objective (teacherWeight)");
        translation.Divergence(beta, 1 / translation.WithoutSquare(temperature, "TRL"), temperature);
        Generation(translation, completion: 512, answers: 1);
        translation.MoveNumber("top_p", LanguageKeys.SamplingTopP, 0.95);
        translation.Draft.Set(LanguageKeys.OnPolicyShare, 1);
        translation.Leave("teacher_model_server_url", "the teacher is a checkpoint on this machine");
        translation.Leave("loss_top_k", "a teacher on this machine gives all its probabilities");
        translation.Leave("loss_add_tail", "a teacher on this machine gives all its probabilities");
        TrainingArguments.Convert(translation, "", learningRate: 1e-6);
    }

    /// <summary>
    /// With single_step_decomposition and gamma = 0 it is the exact reverse KL at each position of what the student writes.
    /// </summary>
    public static void MiniLlm(Translation translation)
    {
        Models(translation);
        var temperature = translation.ReadTemperature("kd_temperature", 1, "student.objective (temperature)");
        translation.Draft.Term("reverse-kl", 1 / translation.WithoutSquare(temperature, "MiniLLM"),
            ("temperature", RecipeDraft.Text(temperature)));
        var gamma = translation.From.Number("gamma") ?? 0;
        if (gamma != 0)
        {
            translation.LeaveValue("gamma", RecipeDraft.Text(gamma), "only the step at hand is converted: reverse KL at each position");
            translation.Means("gamma weighs what follows a token in the policy gradient, by gamma^i in TRL and by gamma^(i − t) in the paper; the exact reverse KL has no such part.");
        }
        if (translation.From.Flag("single_step_decomposition") == false)
            translation.LeaveValue("single_step_decomposition", "false", "the exact reverse KL at each position is used, whose gradient has less noise");
        translation.Leave("rkl_advantage", "the reverse KL is differentiated here, not estimated");
        translation.Leave("length_normalization", "the loss is a mean over the answer's tokens");
        Generation(translation, completion: 256, answers: 8);
        translation.MoveNumber("temperature", LanguageKeys.SamplingTemperature, 1);
        translation.MoveNumber("top_p", LanguageKeys.SamplingTopP, 1);
        translation.Draft.Set(LanguageKeys.OnPolicyShare, 1);
        TrainingArguments.Convert(translation, "", learningRate: 1e-6);
    }

    private static void Generation(Translation translation, double completion, double answers)
    {
        translation.MoveNumber("max_completion_length", LanguageKeys.SamplingTokens, completion);
        var written = translation.From.Number("num_generations") ?? answers;
        if (written != 1) translation.LeaveValue("num_generations", RecipeDraft.Text(written), "a prompt is answered once each time that it comes up");
    }

    private static void Models(Translation translation, double? length = null)
    {
        translation.MovePath("model_name_or_path", LanguageKeys.StudentFrom);
        translation.MovePath("teacher_model_name_or_path", LanguageKeys.TeacherPath);
        translation.MovePath("dataset_name", LanguageKeys.DataPath);
        translation.MoveNumber("max_length", LanguageKeys.Context, length);
        if (translation.From.Flag("use_peft") == true)
        {
            translation.MoveNumber("lora_r", LanguageKeys.LoraRank, 16);
            translation.MoveNumber("lora_alpha", LanguageKeys.LoraScale, 32);
            translation.MoveNumber("lora_dropout", LanguageKeys.LoraDropout, 0.05);
        }
    }
}
