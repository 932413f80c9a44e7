using System.Globalization;
using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Judging.Arms;
using Retort.Nn.Models;
using Retort.Sources;
using Retort.Students;
using Retort.Tensors;

namespace Retort;

/// <summary>
/// All arms of a run whose teacher only speaks, on the test part: teacher, untuned student, few-shot student, the same student without a
/// teacher, distilled student. An arm that this run cannot have is left out, with the reason among the notes.
/// </summary>
/// <param name="shop">Recipe, clock, notes.</param>
/// <param name="data">The test part and its check.</param>
/// <param name="seed">Of the worked examples.</param>
/// <param name="untuned">Folder of the model that the student began as; null = it was made of drawn numbers.</param>
internal sealed class SpokenArms(Workshop shop, TextData data, Seed seed, string? untuned)
{
    private const int Timed = 24;
    private static readonly TimeSpan longestTiming = TimeSpan.FromSeconds(20);
    private readonly List<Arm> _arms = [];

    /// <param name="role">Who.</param>
    /// <param name="right">[test] null = it could not be found out.</param>
    /// <param name="milliseconds">Of the first answers, one by one; empty = not measured here.</param>
    public void Add(ArmRole role, IReadOnlyList<bool?> right, IReadOnlyList<double> milliseconds)
    {
        ArmItem Item(int i) => new(right[i] is { } known ? known ? 1 : 0 : null, i < milliseconds.Count ? milliseconds[i] : null, null,
            data.SlicesOfTest.Count > 0 ? data.SlicesOfTest[i] : null);
        _arms.Add(new Arm(role, Arm.Of(role),
            Enumerable.Range(0, right.Count).ToDictionary(i => i.ToString(CultureInfo.InvariantCulture), Item)));
    }

    /// <summary>The student's model as it was, and the same with worked examples in its prompt.</summary>
    public void AddUntuned(CancellationToken cancellation)
    {
        if (untuned is null)
        {
            shop.Record.Note("untuned student", "none: the student is made of drawn numbers, and says nothing before it is trained");
            return;
        }
        using var checkpoint = LanguageCheckpoint.Load(untuned, shop.Device);
        var answers = new RightAnswers(data, seed);
        Add(ArmRole.Untuned, answers.Judged(answers.Of(checkpoint.Model)), Time(checkpoint.Model, data));
        cancellation.ThrowIfCancellationRequested();
        var context = Math.Min(data.ContextLength, checkpoint.Model.Sizes.Positions);
        if (FewShot.Of(data, context, seed) is not { } shots)
        {
            shop.Record.Note("few-shot student", $"none: not one worked example fits beside the longest prompt and answer into {context} tokens");
            return;
        }
        shop.Record.Note("few-shot student", $"{shots.Examples} worked examples of the training part before each prompt, the same ones");
        var asked = data with { Test = data.Test with { Documents = shots.Documents } };
        string[] said = [.. new RightAnswers(asked, seed).Of(checkpoint.Model).Select(FewShot.Answer)];
        Add(ArmRole.FewShot, answers.Judged(said), Time(checkpoint.Model, asked));
    }

    /// <param name="figures">What the teacher took; null = nobody knows.</param>
    public ArmsVerdict Verdict(AskedFigures? figures) => ArmsVerdict.Of(new ArmsInput
    {
        Arms = _arms,
        Margin = shop.Recipe.Evaluation.Margin,
        SpentUsd = figures?.SpentUsd,
        TeacherUsd = figures?.UsdPerAnswer,
        TeacherLatencyMs = figures?.LatencyMs,
        Resamples = shop.Recipe.Evaluation.Resamples,
        Seed = new Seed(shop.Recipe.Seed).Derive("bootstrap").Value,
    });

    /// <summary>Milliseconds of whole answers, one prompt at a time, to the first test prompts.</summary>
    public IReadOnlyList<double> Time(Gpt model, TextData asked)
    {
        var answering = new Answering(asked, null, seed);
        var documents = asked.Test.Documents;
        answering.Of(model, documents, [0]); // the first one fills caches
        var (taken, begun) = (new List<double>(), shop.Time.GetTimestamp());
        for (var i = 0; i < Math.Min(Timed, documents.Count) && shop.Time.GetElapsedTime(begun) < longestTiming; i++)
        {
            var started = shop.Time.GetTimestamp();
            answering.Of(model, documents, [i]);
            taken.Add(shop.Time.GetElapsedTime(started).TotalMilliseconds);
        }
        return taken;
    }
}
