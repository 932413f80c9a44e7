using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Retort.Asking;
using Retort.Checkpoints;
using Retort.Cli.Screens;
using Retort.Data.Conversations.Duplicates;
using Retort.Formats.Files;
using Retort.Grading;
using Retort.Grading.Judges;
using Retort.Judging;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Cli.Verbs;

internal static class GradeVerb
{
    private const int Smoke = 16, Resamples = 10_000;

    private const string Lesson = """
        Examples:
          retort grade exact.json answers.jsonl --out scores.jsonl
          retort grade rouge.json answers.jsonl --against data/train.jsonl --out scores.jsonl --json
          retort grade judge.json answers.jsonl --out scores.jsonl --endpoint https://api.openai.com/v1 --model gpt-4o-mini
            --key-variable OPENAI_API_KEY --max-usd 2 --teacher gpt-4o --calibrate by-hand.jsonl

        GRADER.json is one of OpenAI's graders, such as
          {"type": "string_check", "name": "right", "input": "{{sample.output_text}}", "reference": "{{item.answer}}", "operation": "ilike"}
        or text_similarity (fuzzy_match, bleu, gleu, meteor, rouge_1 to rouge_5, rouge_l, cosine), multi; or one of ours: numeric,
        json_schema. ITEMS.jsonl has lines {"id": "7", "item": {"answer": "4"}, "sample": {"output_text": "It is 4."}}.

        label_model, score_model and pairwise_model (which of two answers is better) ask a judge behind --endpoint, at temperature 0, held
        to a form of JSON where the service knows that; labels and pairs are asked about in both orders. --plan says what it would cost. A
        cap ends it with exit code 75, and --resume goes on; what was answered lies in a journal and is not paid for twice. Half of the
        first 16 items must get a grade. --calibrate compares the judge with grades by hand, lines {"id", "score"}, beyond chance.

        A cosine is of words (TF-IDF), or of the vectors that --embedder makes, a model as retort embed takes it.

        A question of ITEMS that stands in what was trained on (--against) stops everything: such a score would prove nothing.
        It leaves behind OUT with lines {"id", "score"}, which retort judge and retort verdict compare; what cannot be graded has the score
        null, is counted, and is never taken for 0. With --resume what stands in OUT already is not graded again.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var grader = new Argument<string>("GRADER") { Description = "The grader's JSON." };
        var items = new Argument<string>("ITEMS") { Description = "What is graded." };
        var output = new Option<string>("--out") { Description = "The file of scores to write.", HelpName = "SCORES.jsonl", Required = true };
        var against = new Option<string[]>("--against") { Description = "What was trained on: no question may stand in both.", HelpName = "TRAIN.jsonl" };
        var allow = new Option<bool>("--allow-leak") { Description = "Such questions are counted, and stop nothing." };
        var resume = new Option<bool>("--resume") { Description = "Goes on with the file of scores." };
        var endpoint = new EndpointOptions(required: false, newTokens: 256, (0, "Of the judge; 0 = its likeliest word each time."));
        var asked = new Option<string?>("--asked") { Description = "Where the judge's journal and cost.json lie (default: OUT.judge).", HelpName = "DIR" };
        var plan = new Option<bool>("--plan") { Description = "Say what the judge would take and ask nothing." };
        var teacher = new Option<string?>("--teacher") { Description = "The model whose answers were learnt: it should not be the judge.", HelpName = "NAME" };
        var calibrate = new Option<string?>("--calibrate") { Description = "Grades by hand of some of the items.", HelpName = "HUMAN.jsonl" };
        var embedder = new Option<string?>("--embedder") { Description = "Whose vectors a cosine is of: " + ModelOptions.ModelText, HelpName = "MODEL" };
        var json = RecipeOptions.NewJson();
        var verb = new Verb("grade", "Scores answers by a grader; retort judge and retort verdict compare the scores.", Lesson)
        {
            grader, items, output, against, allow, resume, plan, asked, teacher, calibrate, embedder, json,
        };
        foreach (var option in endpoint.All) verb.Add(option);
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            var (rule, file, scores) = (parsed.GetValue(grader)!, parsed.GetValue(items)!, parsed.GetValue(output)!);
            return Failure.Guard(surroundings, screen, () =>
            {
                var read = GradedItemReader.Read(file);
                List<Leak> leaks = [.. (parsed.GetValue(against) ?? []).SelectMany(training => ItemLeaks.Find(file, training))];
                if (!parsed.GetValue(allow)) LeakCheck.Refuse(leaks, file);
                if (parsed.GetValue(plan)) return Plan(screen, endpoint, parsed, rule, read);
                var hand = parsed.GetValue(calibrate) is { } path ? (path, ScoreFile.Read(path)) : default;
                var warning = !endpoint.IsGiven(parsed) ? null
                    : JudgeIndependence.Warning(endpoint.Endpoint(parsed).Model, parsed.GetValue(teacher), read);
                using var session = endpoint.IsGiven(parsed) ? JudgeSession.Open(endpoint, parsed, endpoint.Endpoint(parsed),
                    parsed.GetValue(asked) ?? Path.ChangeExtension(scores, ".judge"), surroundings.Time) : null;
                var vectors = parsed.GetValue(embedder);
                using var device = vectors is null ? null : new CpuDevice();
                using var model = vectors is null ? null : SentenceModel.Open(ModelOptions.Local(vectors, surroundings), device!);
                var made = GraderReader.Read(rule, session?.Judge, model);
                var run = new GradingRun(made, Mark(rule, [.. new[] { session?.Judge.Name, vectors }.OfType<string>()]))
                {
                    AtOnce = session?.AtOnce ?? 1, Smoke = session is null ? 0 : Smoke,
                };
                var earlier = Earlier(run, scores, read, parsed.GetValue(resume));
                Grade(screen, run, session, read, scores, earlier, surroundings);
                return Tell(screen, new Report(made, run, scores, leaks.Count, session, warning)
                {
                    Calibration = hand.path is null ? null : JudgeCalibration.Of(run.Scores, hand.Item2, hand.path, Resamples, 1),
                });
            }, resume: $"retort grade {rule} {file} --out {scores} --resume{(endpoint.IsGiven(parsed) ? " and the same options" : "")}");
        });
        return verb;
    }

    private static void Grade(Screen screen, GradingRun run, JudgeSession? session, IReadOnlyList<GradedItem> items, string path,
        IReadOnlyDictionary<string, double?> earlier, Surroundings surroundings)
    {
        try
        {
            run.RunAsync(items, path, earlier, surroundings.Time, surroundings.Cancellation).GetAwaiter().GetResult();
        }
        catch
        {
            session?.Cost(screen); // whatever ends it, it has cost something
            throw;
        }
    }

    private static int Plan(Screen screen, EndpointOptions options, ParseResult parsed, string rule, IReadOnlyList<GradedItem> items)
    {
        var endpoint = options.Endpoint(parsed);
        var judge = new PlannedJudge(endpoint.Identity);
        var grader = GraderReader.Read(rule, judge);
        grader.Prepare(items);
        foreach (var item in items) grader.GradeAsync(item, CancellationToken.None).GetAwaiter().GetResult();
        var order = options.Order(parsed, endpoint, judge.Prompts, options.Parameters(parsed));
        var rows = AskingPlan.Of(order, endpoint.Identity, null).Select(row => new[] { row.Item, row.Value, row.Why }).ToList();
        screen.Table(["judging", "estimate", "because"], rows);
        screen.Data(json => json.WriteRows("plan", ["item", "value", "why"], rows));
        return ExitCode.Done;
    }

    private static IReadOnlyDictionary<string, double?> Earlier(GradingRun run, string path, IReadOnlyList<GradedItem> items, bool resumes)
    {
        if (!File.Exists(path)) return new Dictionary<string, double?>();
        return resumes
            ? run.Earlier(path, items)
            : throw new RetortException(path, "the file is there already.", "a new file.", "name another one, or go on with it by --resume.");
    }

    /// <summary>Eight digits of the hash of a grader's text, and of the models that it asks.</summary>
    private static string Mark(string path, string[] models) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [TextFile.Read(path), .. models]))))[..8];

    private sealed record Report(IGrader Grader, GradingRun Run, string Path, int Leaks, JudgeSession? Session, string? Warning)
    {
        public JudgeCalibration? Calibration { get; init; }
    }

    private static int Tell(Screen screen, Report report)
    {
        var run = report.Run;
        var all = run.Graded + run.Ungraded;
        screen.Say(FormattableString.Invariant($"{report.Grader.Name}: {run.Graded} of {all} graded{(run.Mean is { } mean ? $", mean {mean:0.0000}" : "")}")
            + (run.Passed is { } passed ? $", {passed} passed" : ""));
        foreach (var (reason, count) in run.Reasons) screen.Say($"ungraded   {count}: {reason}");
        if (report.Leaks > 0) screen.Say($"warning: {report.Leaks} questions are known from training; --allow-leak was said.");
        if (report.Warning is { } warning) screen.Say($"warning: {warning}");
        var spent = report.Session?.Cost(screen);
        if (report.Calibration is { } calibration) screen.Say($"calibrated {calibration.Text}");
        screen.Say($"wrote      {report.Path}");
        screen.Data(data =>
        {
            data.WriteNumber("exitCode", ExitCode.Done);
            data.WriteString("grader", report.Grader.Name);
            data.WriteString("out", report.Path);
            data.WriteNumber("items", all);
            data.WriteNumber("graded", run.Graded);
            data.WriteNumber("ungraded", run.Ungraded);
            if (run.Mean is { } average) data.WriteNumber("mean", average);
            if (run.Passed is { } reached) data.WriteNumber("passed", reached);
            data.WriteStartObject("reasons");
            foreach (var (reason, count) in run.Reasons) data.WriteNumber(reason, count);
            data.WriteEndObject();
            data.WriteNumber("leaks", report.Leaks);
            if (report.Warning is { } told) data.WriteString("warning", told);
            if (report.Session is { } session)
            {
                data.WriteString("judge", session.Judge.Name);
                data.WriteNumber("requests", spent!.Value.Requests);
                data.WriteNumber("tokens", spent.Value.Tokens);
                if (session.IsPriced) data.WriteNumber("usd", spent.Value.Dollars);
            }
            if (report.Calibration is { } found) found.Write(data);
        });
        return ExitCode.Done;
    }
}
