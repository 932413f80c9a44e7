using System.CommandLine;
using Retort.Cli.Screens;
using Retort.Judging.Arms;
using Retort.Tensors;

namespace Retort.Cli.Verbs;

internal static class VerdictVerb
{
    private const string Lesson = """
        Examples:
          retort verdict --teacher t.jsonl --untuned u.jsonl --few-shot f.jsonl --student s.jsonl --margin 0.02 --spent 14.20
          retort verdict --teacher t.jsonl --baseline b.jsonl --student s.jsonl --json

        Is it worth distilling? Each file holds one arm's graded answers to the same items: {"id": "7", "score": 1}, a score from 0 to 1 or
        null (ungraded: left out, counted, never 0), and where they are known "latencyMs", "costUsd" and "slice". retort grade writes such
        files. Items are paired by id; an id without partner is an error.

        Student against teacher: is no more than --margin lost? Student against the untuned, the few-shot student and the one trained
        without the teacher (--baseline), and teacher against the untuned one: is it better? 95 % intervals by a paired bootstrap, McNemar
        where scores are 0 and 1, Holm over the comparisons. --spent is what labels, grading and training have cost: it is back after so
        many requests.

        The verdict is one of: distil, do not distil, not enough data (with how many items more). It leaves nothing behind.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var teacher = File("--teacher", "The teacher's.", required: true);
        var untuned = File("--untuned", "Those of the student's model as it was.");
        var fewShot = File("--few-shot", "Those of the same with worked examples in its prompt.");
        var baseline = File("--baseline", "Those of the same student trained without the teacher.");
        var student = File("--student", "Those of the distilled student.", required: true);
        var margin = new Option<double>("--margin")
        {
            Description = "The loss against the teacher that still counts as none (default: 0.01, a point).", HelpName = "M",
            DefaultValueFactory = _ => 0.01,
        };
        var spent = new Option<double?>("--spent") { Description = "US dollars for labels, grading and training.", HelpName = "X" };
        var seed = new Option<ulong>("--seed") { Description = "Of the resampling (default: 1).", HelpName = "N", DefaultValueFactory = _ => 1 };
        var json = RecipeOptions.NewJson();
        var verb = new Verb("verdict", "Says from graded answers of teacher and students whether distillation is worth it.", Lesson)
        {
            teacher, untuned, fewShot, baseline, student, margin, spent, seed, json,
        };
        (ArmRole Role, Option<string?> Option)[] arms =
        [
            (ArmRole.Teacher, teacher), (ArmRole.Untuned, untuned), (ArmRole.FewShot, fewShot), (ArmRole.Baseline, baseline),
            (ArmRole.Student, student),
        ];
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () =>
            {
                var loss = parsed.GetValue(margin);
                if (loss is not (>= 0 and < 1)) throw new RetortException("--margin", FormattableString.Invariant($"it is {loss}."), "a share from 0 to below 1, for instance 0.02.");
                if (parsed.GetValue(spent) is { } usd && !(usd >= 0 && double.IsFinite(usd)))
                    throw new RetortException("--spent", FormattableString.Invariant($"it is {usd}."), "dollars, from 0.");
                var verdict = ArmsVerdict.Of(new ArmsInput
                {
                    Arms = [.. arms.Where(arm => parsed.GetValue(arm.Option) is not null)
                        .Select(arm => ArmFile.Read(arm.Role, parsed.GetValue(arm.Option)!))],
                    Margin = loss, SpentUsd = parsed.GetValue(spent), Seed = parsed.GetValue(seed),
                });
                ArmsScreen.Show(screen, verdict);
                screen.Data(data =>
                {
                    data.WriteNumber("exitCode", ExitCode.Done);
                    ArmsJson.Write(data, verdict);
                });
                return ExitCode.Done;
            });
        });
        return verb;
    }

    private static Option<string?> File(string name, string description, bool required = false) =>
        new(name) { Description = description, HelpName = "SCORES.jsonl", Required = required };
}
