using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Retort.Cli.Screens;
using Retort.Data.Conversations.Duplicates;
using Retort.Formats.Files;
using Retort.Grading;
using Retort.Tensors;

namespace Retort.Cli.Verbs;

internal static class GradeVerb
{
    private const string Lesson = """
        Examples:
          retort grade exact.json answers.jsonl --out scores.jsonl
          retort grade rouge.json answers.jsonl --against data/train.jsonl --out scores.jsonl --json

        GRADER.json is one of OpenAI's graders, such as
          {"type": "string_check", "name": "right", "input": "{{sample.output_text}}", "reference": "{{item.answer}}", "operation": "ilike"}
        or text_similarity (fuzzy_match, bleu, gleu, meteor, rouge_1 to rouge_5, rouge_l, cosine of TF-IDF), multi; or one of ours: numeric,
        json_schema. ITEMS.jsonl has lines {"id": "7", "item": {"answer": "4"}, "sample": {"output_text": "It is 4."}}.

        A question of ITEMS that stands in what was trained on (--against) stops everything: such a score would prove nothing.
        It leaves behind OUT with lines {"id", "score"}, which retort judge compares; what cannot be graded has the score null, is counted,
        and is never taken for 0. With --resume what stands in OUT already is not graded again.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var grader = new Argument<string>("GRADER") { Description = "The grader's JSON." };
        var items = new Argument<string>("ITEMS") { Description = "What is graded." };
        var output = new Option<string>("--out") { Description = "The file of scores to write.", HelpName = "SCORES.jsonl", Required = true };
        var against = new Option<string[]>("--against") { Description = "What was trained on: no question may stand in both.", HelpName = "TRAIN.jsonl" };
        var allow = new Option<bool>("--allow-leak") { Description = "Such questions are counted, and stop nothing." };
        var resume = new Option<bool>("--resume") { Description = "Goes on with the file of scores." };
        var json = RecipeOptions.NewJson();
        var verb = new Verb("grade", "Scores answers by a grader; retort judge compares the scores.", Lesson)
        {
            grader, items, output, against, allow, resume, json,
        };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            var (rule, asked, scores) = (parsed.GetValue(grader)!, parsed.GetValue(items)!, parsed.GetValue(output)!);
            return Failure.Guard(surroundings, screen, () =>
            {
                var made = GraderReader.Read(rule);
                var read = GradedItemReader.Read(asked);
                List<Leak> leaks = [.. (parsed.GetValue(against) ?? []).SelectMany(training => ItemLeaks.Find(asked, training))];
                if (!parsed.GetValue(allow)) LeakCheck.Refuse(leaks, asked);
                var run = new GradingRun(made, Mark(rule));
                var earlier = Earlier(run, scores, read, parsed.GetValue(resume));
                run.RunAsync(read, scores, earlier, surroundings.Cancellation).GetAwaiter().GetResult();
                return Tell(screen, made, run, scores, leaks.Count);
            }, resume: $"retort grade {rule} {asked} --out {scores} --resume");
        });
        return verb;
    }

    private static IReadOnlyDictionary<string, double?> Earlier(GradingRun run, string path, IReadOnlyList<GradedItem> items, bool resumes)
    {
        if (!File.Exists(path)) return new Dictionary<string, double?>();
        return resumes
            ? run.Earlier(path, items)
            : throw new RetortException(path, "the file is there already.", "a new file.", "name another one, or go on with it by --resume.");
    }

    /// <summary>Eight digits of the hash of a grader's text.</summary>
    private static string Mark(string path) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(TextFile.Read(path))))[..8];

    private static int Tell(Screen screen, IGrader grader, GradingRun run, string path, int leaks)
    {
        var all = run.Graded + run.Ungraded;
        screen.Say(FormattableString.Invariant($"{grader.Name}: {run.Graded} of {all} graded{(run.Mean is { } mean ? $", mean {mean:0.0000}" : "")}")
            + (run.Passed is { } passed ? $", {passed} passed" : ""));
        foreach (var (reason, count) in run.Reasons) screen.Say($"ungraded   {count}: {reason}");
        if (leaks > 0) screen.Say($"warning: {leaks} questions are known from training; --allow-leak was said.");
        screen.Say($"wrote      {path}");
        screen.Data(data =>
        {
            data.WriteNumber("exitCode", ExitCode.Done);
            data.WriteString("grader", grader.Name);
            data.WriteString("out", path);
            data.WriteNumber("items", all);
            data.WriteNumber("graded", run.Graded);
            data.WriteNumber("ungraded", run.Ungraded);
            if (run.Mean is { } average) data.WriteNumber("mean", average);
            if (run.Passed is { } reached) data.WriteNumber("passed", reached);
            data.WriteStartObject("reasons");
            foreach (var (reason, count) in run.Reasons) data.WriteNumber(reason, count);
            data.WriteEndObject();
            data.WriteNumber("leaks", leaks);
        });
        return ExitCode.Done;
    }
}
