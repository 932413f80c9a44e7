using System.Globalization;
using Retort.Labels;
using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Recipes;

/// <summary>What the parts of a recipe demand of each other, before any work. Errors throw; the rest is said and the run goes on.</summary>
public static class RecipeCheck
{
    /// <returns>Warnings and hints, whole sentences.</returns>
    /// <exception cref="RetortException">The recipe cannot work.</exception>
    public static IReadOnlyList<string> Check(Recipe recipe, string fileName)
    {
        RoundsCheck.Check(recipe, fileName);
        LanguageCheck.Check(recipe, fileName);
        EncoderCheck.Check(recipe, fileName);
        RegressionCheck.Check(recipe, fileName);
        foreach (var term in recipe.Student.Objective) CheckTerm(recipe, term, fileName);
        if (recipe.Student.Objective.All(term => Math.Max(term.Weight.From, term.Weight.To) == 0))
            throw new RetortException(fileName, "all weights of student.objective are 0.", "expected at least one above 0.");
        CheckScheme(recipe, fileName);
        CheckModels(recipe, fileName);
        TableCheck.Check(recipe, fileName);
        GraphCheck.Check(recipe, fileName);
        OnnxTeacherCheck.Check(recipe, fileName);
        CheckData(recipe, fileName);
        ExamplesCheck.Check(recipe, fileName);
        PartCheck.Check(recipe, fileName);
        return [.. Warnings(recipe), .. EncoderCheck.Warnings(recipe)];
    }

    private static void CheckTerm(Recipe recipe, ObjectiveRecipe term, string fileName)
    {
        var known = Catalog.Objective(term.Name, fileName);
        foreach (var pair in term.Features) CheckPair(recipe, known, pair, fileName);
        EncoderCheck.CheckSentences(term, fileName);
        if (known.PairCount > 0 && term.Features.Count != known.PairCount)
            throw new RetortException(fileName, $"objective '{term.Name}' has {term.Features.Count} of the {known.PairCount} pairs that it compares at once.",
                "as many as it needs, in the order of its page.", $"name them in features; see docs/methods/{term.Name}.md.");
        var hottest = Math.Max(term.Temperature.From, term.Temperature.To);
        if (known.TemperatureLimit is { Length: > 0 } limit && hottest > double.Parse(term.Value(limit), CultureInfo.InvariantCulture))
            throw new RetortException(fileName, $"objective '{term.Name}' has T up to {Text(hottest)} and {limit} {term.Value(limit)}.",
                "T at most as high: above it nothing of the teacher is left.", "write temperature: {kind: linear, from: 7, to: 1}.");
        if (known.Watches is { } watches && !watches(ModelTaps.Of(recipe.Student.Model)).Any())
            throw new RetortException(fileName, $"objective '{term.Name}' looks at exits, and the student has none.",
                "a conv-net of two blocks or more with exits.", "write student.model: {kind: conv-net, channels: [8, 16], exits: true}.");
        if (Math.Max(term.Weight.From, term.Weight.To) == 0
            || (known.Needs & (Needs.HardLabels | Needs.Features | Needs.EachTeacher)) != 0) return;
        var (offered, text) = recipe.Labels.Kind switch
        {
            "hard" => (Needs.HardLabels, "HardLabels"),
            "judged" => (Needs.HardLabels | Needs.Pairs | Needs.Ranked, "Text, Pairs, Ranked"),
            "text" => (Needs.HardLabels | Needs.DenseLogits, "Text, DenseLogits"), // the teacher may read its own answers along
            "sampled" => (Needs.SampledLogits, $"SampledLogits({recipe.Labels.Draws})"),
            "top-k" => (Needs.TopLogits, $"TopLogits({recipe.Labels.Keep})"),
            _ => (Needs.DenseLogits, "DenseLogits"),
        };
        if (recipe.Labels.Kind == "top-k" && known.Keys.Any(key => key.Name == "tail")) CheckTail(term, known, fileName);
        if (recipe is { Labels.Kind: "live" or "text", Student.OnPolicy.Source: "student" })
            (offered, text) = (offered | Needs.OwnAnswers, text + ", OwnAnswers");
        if (recipe is { Labels.Kind: "live", Data.Source: "preferences" }) (offered, text) = (offered | Needs.Pairs, text + ", Pairs");
        if (recipe.Teacher.HasOwnTokenizer) (offered, text) = (Needs.Spans, "Spans of a teacher with its own tokenizer");
        if ((known.Needs & offered) != 0 || (recipe.Teacher.HasOwnTokenizer && known.AcrossTokenizers)) return;
        var others = Catalog.Objectives
            .Where(other => other.Watches is null && !other.ReadsNumber && (other.Needs & offered) != 0).Select(other => other.Name);
        var remedy = known.Needs.HasFlag(Needs.DenseLogits) ? "write labels: {kind: soft}, or "
            : known.Needs.HasFlag(Needs.TopLogits) ? "write labels: {kind: top-k, keep: 5%}, or "
            : known.Needs.HasFlag(Needs.OwnAnswers) ? "of texts, write labels: {kind: live} and student.onPolicy: {share: 0.5}, or "
            : known.Needs.HasFlag(Needs.Pairs) ? "write data.source preferences and labels: {kind: live}, or "
            : known.Needs.HasFlag(Needs.Ranked) ? "of texts, write labels: {kind: judged} and student.rounds: {count: 2}, or "
            : known.Needs.HasFlag(Needs.Spans) ? "of texts, name a checkpoint with teacher.tokenizer: own, or " : "";
        throw new RetortException(fileName,
            $"objective '{term.Name}' needs {string.Join(" or ", Enum.GetValues<Needs>().Where(need => need != 0 && known.Needs.HasFlag(need)))}.",
            $"labels.kind '{recipe.Labels.Kind}' offers {text}.",
            $"{remedy}use an objective that needs {offered}: {string.Join(", ", others)}.");
    }

    /// <summary>At an end of its range a weight makes another divergence of an objective, and that one may lack the tail mode.</summary>
    private static void CheckTail(ObjectiveRecipe term, ObjectiveEntry known, string fileName)
    {
        var surroundings = new ObjectiveSurroundings(1, 2, 1, new Dictionary<string, Shape>(), new Dictionary<string, Shape>());
        var terms = ((RowObjective)known.Create(new ObjectiveContext(term, Schedule.Constant(1), surroundings))).TermsAt(0);
        if (RowLossTerms.IsDivergence(terms.Soft, terms.Tail)) return;
        throw new RetortException(fileName,
            $"objective '{term.Name}' with teacherWeight {term.Value("teacherWeight")} is {terms.Soft}, which is no divergence with tail {term.Value("tail")}.",
            "tail: tailBucket.", "write it, or a teacherWeight inside the range.");
    }

    /// <summary>Several teachers, peers, and students before the student.</summary>
    private static void CheckScheme(Recipe recipe, string fileName)
    {
        var peers = recipe.Teacher.Members.Count(member => member.Source is "peer" or "own-average");
        if (recipe.Teacher.Members.Any(member => member.Snapshots > 1) && recipe.Labels.Kind != "live")
            throw new RetortException(fileName, $"teacher.snapshots stands beside labels.kind {recipe.Labels.Kind}.",
                "the teacher's earlier states answer while the student learns.", "write labels: {kind: live}.");
        foreach (var known in recipe.Student.Objective.Select(term =>
            Catalog.Objective(term.Name, fileName)).Where(known => recipe.Teacher.Members.Count < known.LeastTeachers))
            throw new RetortException(fileName, $"objective '{known.Name}' with {recipe.Teacher.Members.Count} teacher.",
                $"it needs {known.LeastTeachers} or more.", "name more teacher.members, or use soft-label.");
        var inside = recipe.Student.Objective.Any(term => term.Features.Count > 0);
        if (recipe.Student.Assistants.Count > 0 && (peers > 0 || inside))
            throw new RetortException(fileName,
                "student.assistants stands beside " + (peers > 0 ? "peers." : "an objective on hidden values."),
                "an assistant is taught by another model's answers.", peers > 0 ? "use one of the two." : "use objectives on answers.");
        if (recipe.Student.Objective.FirstOrDefault(term => Catalog.Objective(term.Name, fileName).ComparesLast) is { } last)
        {
            var beside = peers > 0 ? "peers"
                : recipe.Student.Assistants.Count > 0 ? "student.assistants"
                : recipe.Teacher.Storage != "float32" ? $"teacher.storage {recipe.Teacher.Storage}" : null;
            if (beside is not null)
                throw new RetortException(fileName, $"objective '{last.Name}' stands beside {beside}.",
                    "finished teachers of float32 weights: gradients flow through their last layers.", "use confidence-aware-teachers.");
            var models = recipe.Teacher.Members.Select(member => member.Model).OfType<ModelRecipe>().Append(recipe.Student.Model);
            if (recipe.Teacher.Members.Any(member => member.Source is not ("train" or "checkpoint")) || models.Any(model => !model.HasLast))
                throw NothingBeforeLast(last.Name, "a model", fileName);
        }
        if (peers == 0) return;
        if (peers < recipe.Teacher.Members.Count)
            throw new RetortException(fileName, "teacher.members mixes peers, or the student's own average, with other teachers.",
                "all of them learn beside the student, or none.",
                "use a teacher, or peers.");
        if (recipe.Labels.Kind != "live")
            throw new RetortException(fileName, $"teacher.source is {recipe.Teacher.Members[0].Source}, but labels.kind is {recipe.Labels.Kind}.",
                "who learns beside the student answers while it learns: nothing can be stored.", "write labels: {kind: live}.");
        if (inside) throw new RetortException(fileName,
            $"teacher.source is {recipe.Teacher.Members[0].Source} beside an objective on hidden values.", "it gives answers.", "use objectives on answers.");
    }

    internal static RetortException NothingBeforeLast(string objective, string who, string fileName) => new(fileName,
        $"objective '{objective}' compares what is before the last layer, and {who} has nothing there.",
        "mlps with hidden layers, and conv-nets.", "use confidence-aware-teachers.");

    /// <summary>
    /// A tap that is not there is named with the nearest that is. A model in a file is looked at when the run opens.
    /// </summary>
    private static void CheckPair(Recipe recipe, ObjectiveEntry known, FeaturePair pair, string fileName)
    {
        if (recipe.Student.Model.Kind != "onnx") ModelTaps.Check(recipe.Student.Model, pair.Student, known, "student", fileName);
        if (recipe.Teacher.Members[0].Model is { Kind: not "onnx" } teacher) ModelTaps.Check(teacher, pair.Teacher, known, "teacher", fileName);
    }

    private static void CheckModels(Recipe recipe, string fileName)
    {
        var models = recipe.Teacher.Members.Select((member, index) => ($"teacher.members[{index}]", member.Model, member.Training))
            .Append(("student", recipe.Student.Model, recipe.Student.Training)).Append(("baseline", null, recipe.Baseline.Training));
        foreach (var (path, model, training) in models)
        {
            if (model is { Kind: "conv-net" } && recipe.Data.IsTable)
                throw new RetortException(fileName, $"{path}.model is a conv-net, but data.source {recipe.Data.Source} gives rows of features.",
                    "a conv-net needs images: digits or idx.", "use kind: mlp.");
            if (training is { AugmentShift: > 0 } && recipe.Data.IsTable)
                throw new RetortException(fileName,
                    $"{path}.training.augmentShift is {training.AugmentShift}, but data.source {recipe.Data.Source} gives rows of features.",
                    "only images can be shifted.", "remove the key.");
        }

        if (recipe is { Evaluation.Attack: not null, Teacher: { Storage: not "float32", Members.Count: 1 } })
            throw new RetortException(fileName, $"evaluation.attack attacks the teacher too, and teacher.storage is {recipe.Teacher.Storage}.",
                "float32: gradients flow through weights as they were trained.", "remove one of the two keys.");
        if (recipe.Student.Training.Attack is not null
            && recipe.Student.Objective.FirstOrDefault(term =>
                Catalog.Objective(term.Name, "").Needs.HasFlag(Needs.Features)) is { } inside)
            throw new RetortException(fileName, $"student.training.attack stands beside '{inside.Name}'.",
                "an attack raises a loss on answers.", "use objectives on answers.");
        foreach (var (path, training) in models.Select(part => (part.Item1, part.Training)).Where(part => part.Training is { Mixup: true }))
        {
            if (path != "student") throw new RetortException(fileName, $"{path}.training.mixup is true.",
                "a mixed example has no class to learn from.", "mix for the student only.");
            if (recipe.Labels.Kind != "live")
                throw new RetortException(fileName, $"{path}.training.mixup is true, but labels.kind is {recipe.Labels.Kind}.",
                    "the teacher must see the mixed examples too.", "write labels: {kind: live}.");
            if (recipe.Student.Objective.FirstOrDefault(term => Catalog.Objective(term.Name, "").UsesClass) is { } reader)
                throw new RetortException(fileName, $"{path}.training.mixup is true, but '{reader.Name}' reads the true class.",
                    "a mixed example has none.", "use soft-label alone.");
        }

        var (key, strength) = recipe.Student.Training is { AugmentShift: > 0 and var pixels }
            ? ("augmentShift", pixels)
            : ("augmentNoise", recipe.Student.Training.AugmentNoise);
        if (strength > 0 && recipe.Labels.Kind != "live"
            && (recipe.Labels.Kind == "hard" || recipe.Student.Objective.Any(AsksTheTeacher)))
        {
            throw new RetortException(fileName,
                $"student.training.{key} is {Text(strength)}, but the stored labels are of the examples as they are.",
                "teacher and student must see the same view.",
                    "write labels: {kind: live}, or remove the key from the student; the teacher may keep it.");
        }
    }

    /// <summary>idx with validation 0 trains on every row: nothing is left to choose by.</summary>
    private static void CheckData(Recipe recipe, string fileName)
    {
        if (recipe.Data is not { Source: "idx", Validation: 0 }) return;
        var choice = recipe.Baseline.HalfSteps ? "baseline.halfSteps is true"
            : recipe.Baseline.LearningRates.Count > 1 ? $"baseline.learningRates has {recipe.Baseline.LearningRates.Count} rates"
            : recipe.Student.Training.Patience + recipe.Baseline.Training.Patience
                + recipe.Teacher.Members.Sum(member => member.Training?.Patience ?? 0) > 0 ? "a patience is above 0" : null;
        if (choice is not null)
            throw new RetortException(fileName, $"data.validation is 0, but {choice}.",
                "a choice needs validation data that nothing is trained on.",
                "write data.validation, or halfSteps: false, one rate and no patience.");
    }

    private static IEnumerable<string> Warnings(Recipe recipe)
    {
        var terms = recipe.Student.Objective.Where(term => Math.Max(term.Weight.From, term.Weight.To) > 0).ToList();
        foreach (var term in terms.Where(term => recipe.Labels.Kind == "top-k"
            && Catalog.Objective(term.Name, "") is { UsesTemperature: true } known && known.Keys.Any(key => key.Name == "tail")))
        {
            var temperature = Math.Max(term.Temperature.From, term.Temperature.To);
            if (temperature != 1)
                yield return $"'{term.Name}' has T = {Text(temperature)} on truncated labels: the mass beyond the kept classes grows with T and its shape is unknown, so the tail mode '{term.Value("tail")}' matters; the tail mass is printed.";
        }

        if (recipe.Labels.Accept is { } accept && accept != new AcceptedLabels())
            yield return "labels.accept is written: stored labels that would be refused are used; what it lifts is said and noted in provenance.json.";
        var training = recipe.Student.Rounds?.Training ?? recipe.Student.Training;
        var hottest = terms.Where(term => Catalog.Objective(term.Name, "").UsesTemperature)
            .Select(term => Math.Max(term.Temperature.From, term.Temperature.To)).DefaultIfEmpty(0).Max();
        var limit = training.Optimizer == "sgd" ? 0.03 * (1 - Math.Min(training.Momentum, 0.99)) / 0.1 : 0.02;
        if (hottest >= 8 && terms.All(term => term.Name != "hard-label") && training.LearningRate > limit)
            yield return $"soft targets only at T = {Text(hottest)} with learningRate {Text(training.LearningRate)}: with T² kept the gradient is about ten times that of hard labels and training may diverge; try {Text(training.LearningRate / 10)} to {Text(training.LearningRate / 5)}.";
        if (training.ClipNorm == 0 && hottest >= 8)
            yield return $"student.training.clipNorm is 0 at T = {Text(hottest)}: nothing holds a step that is too large.";
        if (recipe.Baseline.Training.Epochs < training.Epochs && recipe.Baseline.LearningRates.Count <= 1)
            yield return $"the baseline trains {recipe.Baseline.Training.Epochs} epochs, the student {training.Epochs}: say why in baseline.reason, or give both the same.";
        if (recipe.Baseline.Reason.Length > 0)
            yield return $"baseline: {recipe.Baseline.Reason}.";
        if (!terms.Any(AsksTheTeacher) && recipe.Labels.Kind is not ("hard" or "text" or "judged") && !recipe.Teacher.OnlySpeaks)
            yield return "the objective uses no answer of the teacher: " + (terms.Any(term => Catalog.Objective(term.Name, "").Watches is not null)
                ? "the student has itself alone for one."
                : "student and baseline learn the same.");
        if (recipe.Gate is { MinKept: > 1 })
            yield return "gate.minKept is above 1: the student must be better than its teacher.";
        if (recipe.Gate is { } gate && gate == new GateRecipe())
            yield return "gate asks nothing: no condition is written.";
    }

    private static bool AsksTheTeacher(ObjectiveRecipe term) => Catalog.Objective(term.Name, "").Needs != Needs.HardLabels;

    private static string Text(double number) => number.ToString("G4", CultureInfo.InvariantCulture);
}
