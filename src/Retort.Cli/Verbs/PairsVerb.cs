using System.CommandLine;
using Retort.Cli.Screens;
using Retort.Data.Conversations;
using Retort.Tensors;

namespace Retort.Cli.Verbs;

internal static class PairsVerb
{
    private const string Lesson = """
        Examples:
          retort ask prompts.jsonl --endpoint URL --model NAME --samples 4 --temperature 1 --top-logprobs 1 --out asked
          retort pairs asked/answers.jsonl --score log-probability --out pairs.jsonl
          retort pairs graded.jsonl --score grade --tie 0.1 --out pairs.jsonl

        ANSWERS are conversations whose last turn is an answer, in any shape that retort curate reads, with a number beside each: a grade, a
        teacher's score, 1 for right and 0 for wrong; log-probability is the mean over the answer's own tokens, where the service told them.
        Answers to equal prompts are held against each other in an order that the seed draws; the higher score is preferred.
        An answer without a number is in no pair. Near scores are ties: they stand in the file with "tie": true, and nothing is learnt of
        them. It leaves behind OUT in OpenAI's shape for DPO, which data: {source: preferences, path: OUT} reads.
        Pairs of the student's own answers, judged round after round: see student.rounds in docs/methods/judged-rounds.md.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var files = new Argument<string[]>("ANSWERS") { Description = "Files of scored answers.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out") { Description = "The file of pairs to write.", HelpName = "PAIRS.jsonl", Required = true };
        var score = new Option<string>("--score") { Description = "Key of the number, or log-probability (default: score).", HelpName = "KEY",
            DefaultValueFactory = _ => "score" };
        var tie = new Option<double>("--tie") { Description = "Scores that are so near are a tie (default: 0).", HelpName = "X" };
        var opponents = new Option<int>("--opponents") { Description = "Others that each answer is held against (default: all).", HelpName = "N" };
        var seed = new Option<ulong>("--seed") { Description = "Of the order (default: 1).", HelpName = "N", DefaultValueFactory = _ => 1 };
        var json = RecipeOptions.NewJson();
        var verb = new Verb("pairs", "Makes pairs of a better and a worse answer from scored answers.", Lesson)
        {
            files, output, score, tie, opponents, seed, json,
        };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () =>
            {
                var (near, others) = (parsed.GetValue(tie), parsed.GetValue(opponents));
                if (!(near >= 0) || others < 0)
                    throw new RetortException("pairs", FormattableString.Invariant($"--tie is {near}, --opponents {others}."), "0 or more.");
                var path = parsed.GetValue(output)!;
                if (File.Exists(path)) throw new RetortException(path, "the file is there already.", "a new file.", "name another one.");
                return Tell(screen, path, new ScoredPairs(parsed.GetValue(score)!, near, others, new Seed(parsed.GetValue(seed)))
                    .Write(parsed.GetValue(files)!, path));
            });
        });
        return verb;
    }

    private static int Tell(Screen screen, string path, ScoredPairs.Outcome outcome)
    {
        screen.Say($"{outcome.Pairs} pairs of answers to {outcome.Prompts} prompts, {outcome.Ties} of them ties; {outcome.Ungraded} answers have no score");
        if (outcome.Aside > 0) screen.Say($"warning: {outcome.Aside} rows could not be read: retort curate says which and why.");
        screen.Say($"wrote      {path}");
        screen.Data(data =>
        {
            data.WriteNumber("exitCode", ExitCode.Done);
            data.WriteString("out", path);
            data.WriteNumber("prompts", outcome.Prompts);
            data.WriteNumber("pairs", outcome.Pairs);
            data.WriteNumber("ties", outcome.Ties);
            data.WriteNumber("ungraded", outcome.Ungraded);
            data.WriteNumber("aside", outcome.Aside);
        });
        return ExitCode.Done;
    }
}
