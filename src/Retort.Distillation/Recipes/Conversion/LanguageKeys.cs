namespace Retort.Recipes.Conversion;

/// <summary>Where recipes of language models keep what other tools name: the one place to change when a key of ours moves.</summary>
internal static class LanguageKeys
{
    public const string
        Name = "name", Seed = "seed",
        DataSource = "data.source", DataPath = "data.path", Context = "data.contextLength",
        TeacherSource = "teacher.source", TeacherPath = "teacher.path",
        LabelKind = "labels.kind", LabelKeep = "labels.keep",
        StudentKind = "student.model.kind", StudentFrom = "student.model.from",
        LoraRank = "student.lora.rank", LoraScale = "student.lora.scale", LoraDropout = "student.lora.dropout",
        LoraTargets = "student.lora.targets",
        OnPolicyShare = "student.onPolicy.share",
        SamplingTemperature = "student.sampling.temperature", SamplingTopP = "student.sampling.topP",
        SamplingTopK = "student.sampling.topK", SamplingTokens = "student.sampling.maxNewTokens",
        LearningRate = "student.training.learningRate", BatchSize = "student.training.batchSize",
        Accumulate = "student.training.accumulate", Epochs = "student.training.epochs",
        WeightDecay = "student.training.weightDecay", Schedule = "student.training.schedule",
        Warmup = "student.training.warmupSteps", ClipNorm = "student.training.clipNorm", Optimizer = "student.training.optimizer";
}
