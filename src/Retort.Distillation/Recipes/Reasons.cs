namespace Retort.Recipes;

/// <summary>Why each default is what it is: key → (default, reason).</summary>
internal static class Reasons
{
    private static readonly Dictionary<string, (string Default, string Reason)> Table = new()
    {
        ["Recipe.seed"] = ("1", "any number; the same one gives the same run"),
        ["Recipe.threads"] = ("0", "one per core"),
        ["Recipe.export"] = ("[safetensors, onnx]", "weights for us, a graph for other runtimes"),
        ["DataRecipe.train"] = ("0", "all that is left; digits: 4000"),
        ["DataRecipe.validation"] = ("0", "csv: a tenth; digits: 1000; idx: the training rows themselves, and then nothing may be chosen"),
        ["DataRecipe.test"] = ("0", "csv: a fifth; digits: 2000; idx: the whole test file"),
        ["DataRecipe.transferShare"] = ("1", "the student sees the whole training part"),
        ["TransferRecipe.rows"] = ("100000", "enough for small nets; the paper still gains at 400,000"),
        ["TransferRecipe.swapProbability"] = ("0.2", "0.2 and 0.5 do alike on LETTER"),
        ["TransferRecipe.spread"] = ("10", "3 and 10 do alike on LETTER"),
        ["TransferRecipe.relabel"] = ("all", "the teacher's word is softer than a class"),
        ["EnsembleRecipe.trees"] = ("300", "more change little"),
        ["EnsembleRecipe.boostingRounds"] = ("400", "for two classes; more classes take as many trees each"),
        ["EnsembleRecipe.netSteps"] = ("10000", "stops at the best look at the validation part"),
        ["EnsembleRecipe.selectionRounds"] = ("20", "in each bag"),
        ["EnsembleRecipe.selectionBags"] = ("20", "one selection alone fits the validation part too closely"),
        ["EnsembleRecipe.selectBy"] = ("root-mean-square", "as Model Compression measures"),
        ["TeacherRecipe.average"] =
            ("probabilities", "the mean of probabilities is itself a distribution; logits of different nets have no common scale"),
        ["TeacherRecipe.storage"] = ("float32", "the teacher as it was trained; a narrower one answers a little differently"),
        ["TeacherMember.weight"] = ("1", "teachers count alike"),
        ["ModelRecipe.activation"] = ("relu", "the cheapest, and what the classic papers use"),
        ["ModelRecipe.exits"] = ("false", "one answer, at the end"),
        ["ModelRecipe.dropout"] = ("0", "a student is regularised by its teacher"),
        ["ModelRecipe.inputDropout"] = ("0", "inputs are few and small"),
        ["TrainingRecipe.epochs"] = ("10", "a first look; validate more"),
        ["TrainingRecipe.batchSize"] = ("128", "fills the vector units, still some noise"),
        ["TrainingRecipe.optimizer"] = ("adamw", "works over the widest span of rates"),
        ["TrainingRecipe.learningRate"] = ("0.001", "the usual rate of AdamW"),
        ["TrainingRecipe.momentum"] = ("0.9", "used by sgd only"),
        ["TrainingRecipe.nesterov"] = ("false", "used by sgd only"),
        ["TrainingRecipe.weightDecay"] = ("0", "soft targets regularise already"),
        ["TrainingRecipe.schedule"] = ("cosine", "ends at 0, so no rate for the end has to be chosen"),
        ["TrainingRecipe.warmupSteps"] = ("0", "small nets need none"),
        ["TrainingRecipe.clipNorm"] = ("5", "with T squared kept, soft targets at high T have gradients ten times as large"),
        ["TrainingRecipe.maxNormSquared"] = ("0", "no limit"),
        ["TrainingRecipe.emaDecay"] = ("0", "no average of weights"),
        ["TrainingRecipe.labelSmoothing"] = ("0", "smoothing blurs what a teacher knows about classes"),
        ["TrainingRecipe.augmentShift"] = ("0", "no shift"),
        ["TrainingRecipe.augmentNoise"] = ("0", "no noise"),
        ["TrainingRecipe.mixup"] = ("false", "examples as they are"),
        ["TrainingRecipe.patience"] = ("0", "all epochs, the last weights"),
        ["TrainingRecipe.checkpointSteps"] = ("0", "at the end of an epoch, once in a hundred steps at most"),
        ["AttackRecipe.steps"] = ("10", "as in the papers"),
        ["AttackRecipe.cleanWeight"] = ("0", "only attacked examples; RSLAD has 1/6"),
        ["LabelRecipe.kind"] = ("soft", "all logits: the most a small task can know"),
        ["LabelRecipe.keep"] = ("all", "nothing is cut off"),
        ["ObjectiveRecipe.hardWeight"] = ("1", "counts in full"),
        ["ObjectiveRecipe.softWeight"] = ("1", "counts in full"),
        ["ObjectiveRecipe.temperature"] = ("1", "probabilities as they are"),
        ["BaselineRecipe.halfSteps"] = ("true", "a student without a teacher may overfit sooner; the better length counts"),
        ["EvaluationRecipe.margin"] = ("0.005", "half a point of accuracy"),
        ["EvaluationRecipe.resamples"] = ("2000", "intervals steady to a tenth of their width"),
    };

    /// <summary>"default: …" when the value is the default, otherwise null.</summary>
    public static string? Of(string key, string value) =>
        Table.TryGetValue(key, out var row) && row.Default == value ? "default: " + row.Reason : null;
}
