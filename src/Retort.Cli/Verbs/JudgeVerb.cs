using System.CommandLine;
using Retort.Cli.Screens;
using Retort.Judging;
using Retort.Tensors;

namespace Retort.Cli.Verbs;

internal static class JudgeVerb
{
    private const int Resamples = 10_000;

    private const string Lesson = """
        Examples:
          retort judge teacher.jsonl student.jsonl --margin 0.02
          retort judge --counts 231/300 235/300
          retort judge --means 0.896±0.022 0.838±0.026 --json

        Is the second (B) better than the first (A)? Lines are {"id": "question 7", "score": 0.5}, a score from 0 to 1, paired by id;
        null is ungraded: such a pair is left out and counted, and is never taken for 0. An id without partner is an error.
        Published figures have no items: --counts takes right answers of all, --means a mean and half of its 95 % interval.

        The outcome is one of: better, worse, not worse than the margin, not enough data (with the number of examples it would take).
        It leaves nothing behind.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var files = new Argument<string[]>("FILES") { Description = "A.jsonl and B.jsonl.", Arity = new ArgumentArity(0, 2) };
        var counts = Pair("--counts", "Right answers of all, of A and of B.", "R/N");
        var means = Pair("--means", "Means with half of their 95 % intervals, of A and of B.", "M±H");
        var margin = new Option<double>("--margin")
        {
            Description = "The loss that still counts as none (default: 0.01, a point).", HelpName = "M", DefaultValueFactory = _ => 0.01,
        };
        var seed = new Option<ulong>("--seed") { Description = "Of the resampling (default: 1).", HelpName = "N", DefaultValueFactory = _ => 1 };
        var json = RecipeOptions.NewJson();
        var verb = new Verb("judge", "Says whether B's outputs are better than A's, from scores or published figures.", Lesson)
        {
            files, counts, means, margin, seed, json,
        };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () => Tell(screen,
                Judge(parsed.GetValue(files)!, parsed.GetValue(counts), parsed.GetValue(means), parsed.GetValue(margin),
                    parsed.GetValue(seed))));
        });
        return verb;
    }

    private static Option<string[]> Pair(string name, string description, string help) =>
        new(name) { Description = description, HelpName = help, Arity = new ArgumentArity(2, 2), AllowMultipleArgumentsPerToken = true };

    private static ScoreJudgement Judge(string[] files, string[]? counts, string[]? means, double margin, ulong seed)
    {
        if (margin is not (>= 0 and < 1)) throw new RetortException("--margin", FormattableString.Invariant($"it is {margin}."), "a share from 0 to below 1, for instance 0.02.");
        var (hasCounts, hasMeans) = (counts is { Length: > 0 }, means is { Length: > 0 });
        if ((files.Length > 0 ? 1 : 0) + (hasCounts ? 1 : 0) + (hasMeans ? 1 : 0) != 1 || files.Length == 1)
            throw new RetortException("judge", "there is not one pair to judge.", "two files of scores, or --counts A B, or --means A B.");
        if (hasCounts) return PublishedCounts.Judge(PublishedCounts.Read(counts![0]), PublishedCounts.Read(counts[1]), margin);
        if (hasMeans) return PublishedMean.Judge(PublishedMean.Read(means![0]), PublishedMean.Read(means[1]), margin);
        return new PairedScores(ScoreFile.Read(files[0]), ScoreFile.Read(files[1]), (files[0], files[1])).Judge(margin, Resamples, seed);
    }

    private static int Tell(Screen screen, ScoreJudgement judgement)
    {
        screen.Say(judgement.Text);
        screen.Say($"outcome: {judgement.Outcome}");
        screen.Data(data =>
        {
            data.WriteNumber("exitCode", ExitCode.Done);
            data.WriteNumber("difference", judgement.Difference);
            data.WriteStartArray("ci95");
            data.WriteNumberValue(judgement.Interval.Low);
            data.WriteNumberValue(judgement.Interval.High);
            data.WriteEndArray();
            if (judgement.Examples is { } examples) data.WriteNumber("n", examples);
            else data.WriteNull("n");
            data.WriteNumber("ungraded", judgement.Ungraded);
            data.WriteString("outcome", judgement.Outcome);
            data.WriteString("text", judgement.Text);
            if (judgement.Needed is { } needed) data.WriteNumber("needed", needed);
            else data.WriteNull("needed");
        });
        return ExitCode.Done;
    }
}
