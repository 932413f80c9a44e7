using System.Text.Json;
using Retort.Checkpoints;
using Retort.Nn.Models;
using Retort.Nn.Optimizers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;
using Retort.Testing;
using Retort.Tests.Nn.Models;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>
/// A student of a golden checkpoint learns for thirty updates; the loss of each against that of TRL's generalised JSD on transformers.
/// Teacher and student share one step, and the logits of neither exist whole.
/// </summary>
[Trait("Category", "Golden")]
public sealed class GoldenDistillationTests(ITestOutputHelper output)
{
    private const double Tolerance = 1e-4;
    private const int Ignored = -100;

    public static TheoryData<string, bool> Runs
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var (name, _) in Fixtures.Find("kd", "golden.json"))
            {
                data.Add(name, false);
                data.Add(name, true);
            }
            if (data.Count == 0) data.Add("", true);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void LossOfEveryUpdate(string name, bool cpu)
    {
        if (name.Length == 0) Assert.Skip("no golden distillations (kd) were found; RETORT_FIXTURES says where they lie.");
        var path = Fixtures.Path(name, out _)!;
        using var golden = Fixtures.Read(path);
        var folder = Path.GetDirectoryName(path)!;
        var teacherFolder = Path.GetFullPath(Path.Combine(folder, golden.RootElement.GetProperty("teacher").GetString()!));
        using var inputs = Fixtures.Read(Path.Combine(teacherFolder, "golden.json"));
        using var device = GoldenCheckpoint.Device(cpu);
        using var teacher = LanguageCheckpoint.Load(teacherFolder, device);
        using var student = LanguageCheckpoint.Load(folder, device);
        teacher.Model.Weights.Freeze(DataType.Float32);
        var terms = Terms(golden.RootElement);
        double Real(string key) => golden.RootElement.GetProperty(key).GetDouble();
        var moments = golden.RootElement.GetProperty("betas");
        using var optimizer = new AdamW(student.Model.Weights, Real("weight_decay"), moments[0].GetDouble(), moments[1].GetDouble(),
            Real("eps"));
        var report = new GoldenReport($"{name} on {device.Name}");
        using var step = new Step(device);
        double[] losses = Numbers(golden, "losses"), soft = Numbers(golden, "kd_losses"), hard = Numbers(golden, "ce_losses");
        for (var update = 0; update < losses.Length; update++)
        {
            step.Begin(training: true);
            var result = Loss(step, teacher.Model, student.Model, inputs.RootElement, terms);
            report.Compare($"loss {update}", [losses[update]], [device.Scalar(result.Loss)], Tolerance, 1);
            var temperature = terms.Temperature * terms.Temperature;
            report.Compare($"distilled {update}", [soft[update]], [device.Sum(result.SoftLosses) / result.Counted / temperature], Tolerance, 1);
            if (terms.HardWeight > 0)
                report.Compare($"hard {update}", [hard[update]], [device.Sum(result.HardLosses) / result.Counted], Tolerance, 1);
            report.Case();
            step.Backward(result.Loss);
            if (update < golden.RootElement.GetProperty("steps").GetInt32())
                optimizer.Update(update + 1, Real("lr"), Optimizer.ClipScale(optimizer.GradientNorm(), Real("clip_global_norm")));
        }
        output.WriteLine(report.Line);
        Assert.Empty(report.Failures);
    }

    private static RowLossResult Loss(Step step, Gpt teacher, Gpt student, JsonElement inputs, RowLossTerms terms)
    {
        var (tokens, mask) = (Rows(step, inputs.GetProperty("input_ids")), Rows(step, inputs.GetProperty("attention_mask")));
        int[] next = [.. inputs.GetProperty("labels").EnumerateArray()
            .SelectMany(row => row.EnumerateArray().Skip(1).Select(label => label.GetInt32()).Append(Ignored))];
        var answers = step.Frozen(() => Gpt.Rows(step, teacher.States(step, tokens, mask)));
        return step.HeadLoss(Gpt.Rows(step, student.States(step, tokens, mask)), student.Head, null, terms,
            step.Constant(new Shape(next.Length), next), teacherHead: new TeacherHead(answers, teacher.Head), chunkRows: 20);
    }

    /// <summary>TRL's form has no T²; with β = 0 it is the forward divergence.</summary>
    private static RowLossTerms Terms(JsonElement recipe)
    {
        double Real(string key) => recipe.GetProperty(key).GetDouble();
        var soft = Real("beta") switch { 0 => SoftLoss.ForwardKl, 1 => SoftLoss.ReverseKl, _ => SoftLoss.JensenShannon };
        return RowLossTerms.SoftOnly(soft, Real("temperature")) with
        {
            HardWeight = 1 - Real("alpha"), SoftWeight = Real("alpha") / (Real("temperature") * Real("temperature")),
            TeacherWeight = Real("beta"), IgnoreLabel = Ignored,
        };
    }

    private static double[] Numbers(JsonDocument golden, string key) =>
        [.. golden.RootElement.GetProperty(key).EnumerateArray().Select(number => number.GetDouble())];

    private static Tensor Rows(Step step, JsonElement rows) => step.Constant(new Shape(rows.GetArrayLength(), rows[0].GetArrayLength()),
        [.. rows.EnumerateArray().SelectMany(row => row.EnumerateArray().Select(number => number.GetInt32()))]);
}
