using System.Globalization;
using Retort.Checkpoints;
using Retort.Data;
using Retort.Data.Tables;
using Retort.Data.Text;
using Retort.Evaluation;
using Retort.Evaluation.Metrics;
using Retort.Evaluation.Report;
using Retort.Nn;
using Retort.Nn.Graphs;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Runs;
using Retort.Sources;
using Retort.Students;
using Retort.Teachers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Training;

namespace Retort;

/// <summary>The eval stage: teacher, student and baseline side by side on the test part, which is read here and nowhere else.</summary>
internal sealed class Examination(Recipe recipe, RunFolder run, DataSplits data, Device device, TimeProvider time, RunRecord record)
{
    private const int ShownExamples = 24, DisturbedExamples = 2000, AttackedExamples = 1000, ComparedTexts = 1000;

    public EvaluationOutcome Run(ITeacher teacher)
    {
        var (student, _) = ModelCheckpoint.Load(run.Student, device);
        var (baseline, _) = ModelCheckpoint.Load(run.Baseline, device);
        using (student)
        using (baseline)
        {
            if (teacher is not AskedClasses) CompareTeacher(teacher, baseline);
            foreach (var (accuracy, i) in ExitAccuracy.Of(student, data.Test, device).Select((accuracy, i) => (accuracy, i)))
                record.Note($"exit {i}", string.Create(CultureInfo.InvariantCulture, $"accuracy {accuracy:0.0000}"));
            IReadOnlyList<DifferingExample> differing = [];
            EvaluationOutcome result;
            if (data.Test.Numbers is { } numbers) result = RegressionEvaluator.Evaluate(Input(numbers, teacher, student, baseline));
            else
            {
                var input = Input(teacher, student, baseline);
                if (data.Outside is { } outside && Probe != 0)
                {
                    NoteOutside(input, Probed(outside), teacher, student, baseline);
                    input = input with { Notes = Notes };
                }
                if (recipe.Student.ComparesSentences && student is Bert learned && baseline is Bert alone)
                    input = WithSentences(input, teacher, learned, alone);
                if (teacher is AskedClasses asked) NoteSavings(asked, student);
                result = Evaluator.Evaluate(input with { Notes = Notes });
                differing = [.. Differing(input)];
            }
            run.WriteText(run.EvalJson, EvaluationJson.Write(result));
            record.Update(provenance => provenance with { TeacherHash = teacher.Hash, StudentHash = ModelCheckpoint.Hash(run.Student) });
            run.WriteText(run.ReportHtml, ReportHtml.Render(Report(result, differing)));
            return result;
        }
    }

    private EvaluationInput Input(ITeacher teacher, Module student, Module baseline) => new()
    {
        Teacher = new Predictions("teacher", data.Test.Classes, Taught(teacher)),
        Student = new Predictions("student", data.Test.Classes, Predictor.Logits(student, data.Test, device)),
        Baseline = new Predictions("baseline", data.Test.Classes, Predictor.Logits(baseline, data.Test, device)),
        TeacherFacts = FactsOf(teacher),
        StudentFacts = Facts(student, run.Student),
        BaselineFacts = Facts(baseline, run.Baseline),
        Teachers = teacher is AverageTeacher several
            ? [.. several.Members.Select((member, i) =>
                new Predictions($"teacher {i}", data.Test.Classes, TeacherCheck.Answers(member, data.Test)))]
            : [],
        Labels = data.Test.Labels,
        ClassNames = [.. data.Test.ClassNames],
        Slice = data.Test.Slices,
        SliceNames = data.Test.Slices is null ? null : [.. data.Test.SliceNames],
        Disturbed =
        [
            .. Disturbed(teacher, student, baseline),
            .. recipe.Evaluation.Attack is { } attack ? [Attacked(attack, teacher, student, baseline)] : Array.Empty<GroupRow>(),
        ],
        Margin = recipe.Evaluation.Margin,
        Resamples = recipe.Evaluation.Resamples,
        Seed = SeedOfBootstrap,
        Validation = data.Test.Texts is null ? null : new CalibrationSet(
            teacher is AskedClasses ? null : new Predictions("teacher", data.Test.Classes, TeacherCheck.Answers(teacher, data.Validation)),
            new Predictions("student", data.Test.Classes, Predictor.Logits(student, data.Validation, device)),
            new Predictions("baseline", data.Test.Classes, Predictor.Logits(baseline, data.Validation, device)), data.Validation.Labels),
        Notes = Notes,
        Warnings = record.Warnings,
    };

    /// <summary>Texts in each worse form, and texts of no class, that a paid teacher is asked about; null = as many as others.</summary>
    private int? Probe => recipe.Teacher.Members[0].Chat?.Classes?.Probe;

    /// <summary>The same texts for everybody, drawn: a file may have its classes one after the other.</summary>
    private Dataset Probed(Dataset part) =>
        Probe is > 0 and var rows ? part.Texts!.Drawn(part, rows, new Seed(recipe.Seed).Derive("probe")) : part;

    /// <summary>The teacher's answers to the test part.</summary>
    private float[] Taught(ITeacher teacher)
    {
        if (teacher is not AskedClasses asked) return TeacherCheck.Answers(teacher, data.Test);
        var (logits, unanswered) = asked.Answers(data.Test);
        if (unanswered > 0) record.Note("teacher on test texts", $"{unanswered} of {data.Test.Count} have no answer of use: there all classes are alike to it, a guess");
        return logits;
    }

    /// <summary>Both from a text to its class: what it takes to read it is the student's as well.</summary>
    private void NoteSavings(AskedClasses teacher, Module student)
    {
        using var step = new Step(device, "texts");
        var (texts, next) = (data.Test.Texts!, 0);
        var milliseconds = new LatencyProbe(time).Latency(_ =>
        {
            int[] ids = [.. texts.Encoding.Encode(texts.Texts[next++ % data.Test.Count]).Take(texts.ContextLength).DefaultIfEmpty()];
            step.Begin(training: false);
            device.ToFloats(student.Forward(step, step.Constant(new Shape(1, ids.Length), ids.AsSpan())));
        }).P50;
        var chat = recipe.Teacher.Members[0].Chat!;
        var spent = teacher.Spent;
        record.Note("cost", new Savings(spent.Requests, spent.Dollars, teacher.Useful, milliseconds, chat.MachineUsdPerHour,
            chat.RequestsPerMonth).Sentence);
        if (teacher.Measured is { } measured)
            record.Note("speed", string.Create(CultureInfo.InvariantCulture,
                $"a reply of the teacher took {measured.P50:0.0} ms (median, {chat.Concurrency} at once), the student takes {milliseconds:0.000} ms from a text to its class, in this process"));
    }

    /// <summary>How well the probability of the likeliest class tells examples that have one from those that have none.</summary>
    private void NoteOutside(EvaluationInput input, Dataset outside, ITeacher teacher, Module student, Module baseline)
    {
        double Told(Predictions inside, float[] logits) =>
            Detection.Area(inside, new Predictions(inside.Name, inside.Classes, logits));
        record.Note("examples of no class", string.Create(CultureInfo.InvariantCulture,
            $"{outside.Count} examples, told by the largest probability, area under the curve: teacher {Told(input.Teacher, TeacherCheck.Answers(teacher, outside)):0.0000}, student {Told(input.Student, Predictor.Logits(student, outside, device)):0.0000}, baseline {Told(input.Baseline, Predictor.Logits(baseline, outside, device)):0.0000}"));
    }

    /// <summary>Whether texts that are alike to the first teacher are alike to the others.</summary>
    private EvaluationInput WithSentences(EvaluationInput input, ITeacher teacher, Bert student, Bert baseline)
    {
        var first = teacher is AverageTeacher several ? several.Members.First() : teacher;
        if (first is not ModuleTeacher { Module: Bert taught }) return input;
        var texts = Math.Min(ComparedTexts, data.Test.Count);
        SentenceVectors Vectors(Bert encoder) => new(SentencePredictor.Of(encoder, data.Test, texts, device), texts);
        var (wanted, seed) = (Vectors(taught), new Seed(recipe.Seed).Derive("pairs of texts"));
        return input with
        {
            StudentSentences = SentenceFidelity.Of(wanted, Vectors(student), seed),
            BaselineSentences = SentenceFidelity.Of(wanted, Vectors(baseline), seed),
        };
    }

    private RegressionInput Input(NumberTargets numbers, ITeacher teacher, Module student, Module baseline)
    {
        var column = numbers.Column;
        return new RegressionInput
        {
            Target = column.Name,
            Truth = column.InUnits(numbers.Values),
            Teacher = new NumberAnswers("teacher", column.InUnits(TeacherCheck.Answers(teacher, data.Test)), FactsOf(teacher)),
            Student = Answers("student", student, run.Student),
            Baseline = Answers("baseline", baseline, run.Baseline),
            Disturbed = [.. Disturbed(teacher, student, baseline)],
            Margin = recipe.Evaluation.Margin,
            Resamples = recipe.Evaluation.Resamples,
            Seed = SeedOfBootstrap,
            Notes = Notes,
            Warnings = record.Warnings,
        };

        NumberAnswers Answers(string name, Module module, string folder) =>
            new(name, column.InUnits(Predictor.Logits(module, data.Test, device)), Facts(module, folder));
    }

    private ulong SeedOfBootstrap => new Seed(recipe.Seed).Derive("bootstrap").Value;

    private IReadOnlyDictionary<string, string>? Notes => record.Notes.Count == 0 ? null : record.Notes;

    private ModelFacts FactsOf(ITeacher teacher)
    {
        if (teacher is AskedClasses paid) return new ModelFacts(0, 0, paid.Measured);
        if (teacher is ModuleTeacher { Module: GraphModel onGraph }) return Facts(onGraph, run.TeacherFolder(recipe.Teacher.Members, 0));
        var asked = data.Test.ForTeacher;
        return Facts(TeacherSizes.Sum(size => size.Parameters), TeacherSizes.Sum(size => size.Bytes), count =>
            teacher.Label(asked.Features.AsSpan(0, count * asked.ExampleSize), count, new float[count * teacher.Classes]));
    }

    private IEnumerable<GroupRow> Disturbed(ITeacher teacher, Module student, Module baseline)
    {
        var seed = new Seed(recipe.Seed).Derive("disturbance");
        var probed = data.Test.Texts is null ? data.Test : Probed(data.Test);
        var worse = probed.Texts is { } texts
            ? TextDisturbance.All.Select(one => (one.Name, texts.Disturbed(probed, one, DisturbedExamples, seed)))
            : Disturbance.For(data.Test.ExampleShape).Select(one => (one.Name, one.Of(data.Test, DisturbedExamples, seed)));
        return worse.Select(one => Disturbed(one.Name, one.Item2, teacher, student, baseline));
    }

    /// <summary>Everyone sees the same disturbed examples; accuracies, or root mean square errors in the units of the number.</summary>
    private GroupRow Disturbed(string name, Dataset worse, ITeacher teacher, Module student, Module baseline)
    {
        double Figure(float[] logits)
        {
            var (score, loss) = Validation.Measure(logits, worse);
            return worse.Numbers is { Column: var column } ? Math.Sqrt(loss) * column.Deviation : score;
        }
        return new GroupRow(name, worse.Count, Probe == 0 ? null : Figure(TeacherCheck.Answers(teacher, worse)),
            Figure(Predictor.Logits(student, worse, device)), Figure(Predictor.Logits(baseline, worse, device)));
    }

    /// <summary>Each model is attacked for itself, on its own cross-entropy.</summary>
    private GroupRow Attacked(AttackRecipe attack, ITeacher teacher, Module student, Module baseline)
    {
        var rows = Math.Min(AttackedExamples, data.Test.Count);
        var seed = new Seed(recipe.Seed).Derive("attack");
        double Right(Module model, Dataset seen) => RobustAccuracy.Of(model, seen, rows, attack, device, seed);
        return new GroupRow(FormattableString.Invariant($"attack of radius {attack.Radius}, {attack.Steps} steps"), rows,
            teacher is ModuleTeacher own ? Right(own.Module, data.Test.ForTeacher) : null, Right(student, data.Test),
            Right(baseline, data.Test));
    }

    private IReadOnlyList<TeacherSize> TeacherSizes =>
        [.. recipe.Teacher.Members.Select((_, i) => TeacherSize.Of(run.TeacherFolder(recipe.Teacher.Members, i), device))];

    private ModelFacts Facts(Module module, string folder)
    {
        using var step = new Step(device, "latency");
        var logits = new float[128 * module.Classes];
        return Facts(module.Weights.Count, ModelCheckpoint.Bytes(folder), count =>
        {
            if (module is GraphModel onGraph)
            {
                NodePredictor.Answer(onGraph, data.Test, count, step, logits.AsSpan(0, count * module.Classes));
                return;
            }
            step.Begin(training: false);
            var shape = module.BatchShape(count);
            device.Read(module.Forward(step, step.Constant(shape, data.Test.Features.AsSpan(0, count * data.Test.ExampleSize))),
                logits.AsSpan(0, count * module.Classes));
        });
    }

    private ModelFacts Facts(long parameters, long bytes, Action<int> answer)
    {
        var largest = Math.Min(128, data.Test.Count);
        void Guarded(int count) => answer(Math.Min(count, largest));
        var probe = new LatencyProbe(time);
        var latency = probe.Latency(Guarded);
        var rate = largest < 128 ? (double?)null : probe.ExamplesPerSecond(Guarded);
        var joules = new EnergyProbe(EnergyCounter.Read, EnergyCounter.Range()).JoulesPerThousand(() =>
        {
            for (var i = 0; i < 100; i++) Guarded(largest);
        }, 100 * largest);
        if (joules is null) record.Note("energy", "not available: this system does not let the processor's energy counter be read.");
        return new ModelFacts(parameters, bytes, latency, rate, joules);
    }

    private void CompareTeacher(ITeacher teacher, Module baseline)
    {
        var (taught, _) = Validation.Measure(TeacherCheck.Answers(teacher, data.Validation), data.Validation);
        var (alone, _) = Validation.Measure(Predictor.Logits(baseline, data.Validation, device), data.Validation);
        if (taught < alone)
            record.Warn(string.Create(CultureInfo.InvariantCulture,
                $"the teacher's validation {data.Validation.ScoreName} is {taught:0.0000}, below the {alone:0.0000} of the student trained without it: a better teacher is needed."));
    }

    private ReportInput Report(EvaluationOutcome result, IReadOnlyList<DifferingExample> differing) => new()
    {
        Title = recipe.Name,
        Result = result,
        Formula = ObjectiveFormula.Describe(recipe),
        Curves = [.. Curves()],
        Warnings = record.Warnings,
        Provenance = [.. record.Provenance.Facts(), .. record.Notes],
        LabelBytes = [.. Stored()],
        Differing = differing,
    };

    private IEnumerable<Curve> Curves() => EventLog.Read(run.Events)
        .Where(line => line.Value is { } value && double.IsFinite(value) && line.Name is "loss" or "validation_accuracy" or "validation_r2")
        .GroupBy(line => (line.Stage, line.Name))
        .Select(group => new Curve(group.Key.Stage, [.. group.Select(line => ((double)line.Step, line.Value!.Value))],
            group.Key.Name == "loss" ? "training loss" : $"validation {data.Validation.ScoreName}"));

    private IEnumerable<LabelBytes> Stored()
    {
        yield return new LabelBytes($"{recipe.Labels.Kind} (kept: {recipe.Labels.Keep})", run.LabelBytes, "files of the label store");
        yield return new LabelBytes("dense float32", (long)data.Train.Count * data.Train.Classes * sizeof(float), "for comparison");
    }

    private IEnumerable<DifferingExample> Differing(EvaluationInput input)
    {
        var shape = data.Test.ExampleShape;
        var image = shape.Length == 3 && shape[0] is 1 or 3;
        return Enumerable.Range(0, data.Test.Count)
            .Where(row => input.Teacher.Top(row) != input.Student.Top(row))
            .Take(ShownExamples)
            .Select(row =>
        {
            var (taught, learned) = (input.Teacher.Top(row), input.Student.Top(row));
            return new DifferingExample(row, data.Test.ClassNames[data.Test.Labels[row]], data.Test.ClassNames[taught],
                Probability(input.Teacher.Row(row), taught), data.Test.ClassNames[learned], Probability(input.Student.Row(row), learned))
            {
                Pixels = image ? data.Test.Example(row).ToArray() : null,
                Height = image ? shape[1] : 0,
                Width = image ? shape[2] : 0,
                FeatureText = image ? null : string.Join(", ", data.Test.Example(row)[..Math.Min(16, data.Test.ExampleSize)]
                    .ToArray()
                    .Select(value => value.ToString("0.##", CultureInfo.InvariantCulture))),
            };
        });
    }

    private static double Probability(ReadOnlySpan<float> logits, int chosen)
    {
        var normaliser = 0.0;
        foreach (var logit in logits) normaliser += Math.Exp(logit - logits[chosen]);
        return 1 / normaliser;
    }
}
