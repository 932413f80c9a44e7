using System.Globalization;
using System.Text.Json;
using Retort.Data;
using Retort.Evaluation;
using Retort.Labels;
using Retort.Recipes;
using Retort.Sources;
using Retort.Tensors;
using Retort.Training;

namespace Retort;

/// <summary>
/// Label, train, eval and export where the teacher of a classifier of texts can only be asked: it is graded on a sample first, then each
/// training text is asked once; what it did not answer is left out and counted. The baseline learns the known classes of the same texts.
/// </summary>
internal sealed class AskedStages(Workshop shop, DataSplits data) : IStages
{
    private readonly Fitting _fitting = new(shop.Device, data, shop.Events, shop.Progress);
    private readonly Fits _fits = new(shop.Recipe, shop.Run, data, shop.Record, shop.Device);

    public bool LabelsAreWhole => LabelManifest.IsWhole(shop.Run.Labels);

    private ChatRecipe Chat => shop.Recipe.Teacher.Members[0].Chat!;

    /// <summary>Rows without a usable answer.</summary>
    private string LeftOut => Path.Combine(shop.Run.Labels, "left-out.json");
    private int[] RowsLeftOut => JsonSerializer.Deserialize<int[]>(shop.Run.TryReadText(LeftOut) ?? "[]")!;

    public void Label(CancellationToken cancellation)
    {
        foreach (var warning in data.Warnings) shop.Record.Warn(warning);
        using var teacher = Teacher(cancellation);
        if (Chat.CheckOn > 0) shop.Record.Note("teacher check", teacher.Check(data.Validation, new Seed(shop.Recipe.Seed).Derive("teacher check")));
        var said = teacher.Labels(data.Train);
        int[] leftOut = [.. Enumerable.Range(0, said.Count).Where(row => said[row] is null)];
        using (var writer = LabelWriter.Open(shop.Run.Labels, Description))
        {
            // before the labels are whole: a kill in between must not leave rows that nobody answered to be learnt
            shop.Run.WriteText(LeftOut, JsonSerializer.Serialize(leftOut));
            foreach (var row in writer.MissingRows().ToArray()) writer.Append(row, said[row] ?? new float[teacher.Classes]);
        }
        var certain = said.Count(logits => logits is not null && logits.Count(logit => logit > ClassAnswer.Impossible) == 1);
        shop.Record.Note("labels", string.Create(CultureInfo.InvariantCulture,
            $"{said.Count - leftOut.Length:N0} of {said.Count:N0} training texts have an answer of use, {leftOut.Length:N0} are left out (asked/rejected.jsonl)")
            + (certain == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {certain:N0} are a class alone: no probabilities came with them")));
    }

    public void Train(CancellationToken cancellation)
    {
        using var stored = LabelReader.Open(shop.Run.Labels, Description, accepted: shop.Recipe.Labels.Accept);
        foreach (var lifted in stored.Lifted) shop.Record.Warn(lifted);
        var leftOut = RowsLeftOut.ToHashSet();
        var student = _fits.Student(stored, null);
        _fitting.Run(student with { Rows = [.. student.Rows.Where(row => !leftOut.Contains(row))] }, cancellation);
        var known = _fits.Baseline();
        if (known.Rows.Length == 0)
            throw new RetortException("data", "no training text has a class.", "some: the student is compared with itself trained on known classes.",
                "add the classes of some texts; as many as you would label by hand.");
        shop.Record.Note("baseline", $"{known.Rows.Length} known classes; " + new BaselineSearch(_fitting, shop.Run.Checkpoints).Run(known, shop.Recipe.Baseline, cancellation));
    }

    public EvaluationOutcome Eval(CancellationToken cancellation)
    {
        using var teacher = Teacher(cancellation);
        return new Examination(shop.Recipe, shop.Run, data, shop.Device, shop.Time, shop.Record).Run(teacher);
    }

    public void Export() => ExampleStages.Export(shop, data);

    private AskedClasses Teacher(CancellationToken cancellation) => new(Chat, data.Train.ClassNames, Path.Combine(shop.Run.Root, "asked"),
        shop.Progress, shop.Time, cancellation) { Useful = data.Train.Count - RowsLeftOut.Length };

    private LabelSetDescription Description =>
        LabelIdentity.Of(shop.Recipe, data.Train, data.Train.Classes, AskedClasses.HashOf(Chat, data.Train.ClassNames));
}
