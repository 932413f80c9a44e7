using System.Globalization;
using Retort.Tensors;
using Retort.Tracks;
using Retort.Tracks.Comparison;

// Whole paths on real data, outside ./check's short phases:
//   hinton search [FOLDER]           chooses rates and T on 10,000 held-out training images
//   hinton final [FOLDER] [SEEDS]    everything of section 3 on 60,000 images, tested once a seed
//   hinton whole [FOLDER] [SEEDS]    both
//   hinton units [FOLDER] [SEEDS]    the 30-unit temperature sweep
//   compression TASK [SEED] [FOLDER] Model Compression on letter.p1, letter.p2 or adult; the seed says which rows are learnt from too
//   onnx [RUNS]                      our ONNX executor against onnxruntime-node, run by run
//   glnn [SEEDS] [KEY=VALUE…]        Cora: graph net → MLP; with changes of the recipe only validation nodes are looked at
//   cross-modal [SEEDS] [KEY=VALUE…] spoken digits taught by handwritten ones, in the same way
//   label-kinds [SEEDS] [KEY=VALUE…] arithmetic-reasoner: hard, live, top-k and sampled labels side by side
//   tales [SEEDS] [KEY=VALUE…]       stories with choices: soft and hard labels, stored kinds, on-policy with its controls
//   reasoning [SEEDS] [KEY=VALUE…]   r1-style, step-by-step and sums: a teacher's thoughts against its answers alone
//   intent [SEED] [KEY=VALUE…]       intent-from-llm against a served teacher: what is kept, speed, bill; with changes validation only
//   judged-rounds [SEED] [KEY=VALUE…] stories that a served judge grades, two rounds, by three objectives
//   routed-teachers [SEEDS] [KEY=VALUE…]  two-languages: recorded teachers by language against either one alone
//   merge [SEEDS] [KEY=VALUE…]       two students of one beginning, merged
//   serve [ROUNDS]                   what serving adds, and what clients at once gain
//   served-labels [URL MODEL [MOST]] [KEY=VALUE…]  a teacher behind an API: its log-probabilities, and a student that learns from them
//   compare [NAME…] [OPTIONS]        our speed against PyTorch's, work by work
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    var folder = args.Length > 2 ? args[2] : Path.Combine(Path.GetTempPath(), "retort-hinton");
    var seeds = args is ["hinton", _, _, var count, ..] ? int.Parse(count, CultureInfo.InvariantCulture) : 3;
    switch (args)
    {
        case ["hinton", "search", ..]: new HintonSearch(folder).Run(); return 0;
        case ["hinton", "whole", ..]: new HintonSearch(folder).Run(); return new HintonFinal(folder).Run(seeds) ? 0 : 1;
        case ["hinton", "final", ..]: return new HintonFinal(folder).Run(seeds) ? 0 : 1;
        case ["hinton", "units", ..]: return new UnitSweep(folder).Run(seeds) ? 0 : 1;
        case ["compression", var task, ..]:
            var draw = args is [_, _, var number, ..] ? ulong.Parse(number, CultureInfo.InvariantCulture) : 1;
            using (var track = new CompressionTrack(CompressionTask.Read(task, draw), draw, args is [_, _, _, var target, ..] ? target : "."))
                return track.Run() ? 0 : 1;
        case ["onnx", ..]: return new OnnxSpeed(args is [_, var runs, ..] ? int.Parse(runs, CultureInfo.InvariantCulture) : 300).Run() ? 0 : 1;
        case ["glnn", .. var given]: return new GlnnTrack(Folder("glnn")).Run(Count(given, 20), [.. given.Skip(1)]) ? 0 : 1;
        case ["cross-modal", .. var given]:
            return new CrossModalTrack(Folder("cross-modal")).Run(Count(given, 5), [.. given.Skip(1)]) ? 0 : 1;
        case ["label-kinds", .. var given]:
            new LabelKindsTrack(Folder("label-kinds")).Run(Count(given, 5), [.. given.Skip(1)]);
            return 0;
        case ["tales", .. var given]: return new TalesTrack(Folder("tales")).Run(Count(given, 5), [.. given.Skip(1)]) ? 0 : 1;
        case ["reasoning", .. var given]:
            new ReasoningTrack(Folder("reasoning")).Run(Count(given, 5), [.. given.Skip(1)]);
            return 0;
        case ["intent", .. var given]: return new IntentTrack(Folder("intent"), (ulong)Count(given, 1)).Run([.. given.Skip(1)]) ? 0 : 1;
        case ["judged-rounds", .. var given]:
            return new JudgedRoundsTrack(Folder("judged-rounds")).Run((ulong)Count(given, 1), [.. given.Skip(1)]) ? 0 : 1;
        case ["routed-teachers", .. var given]:
            new RoutedTeachersTrack(Folder("routed-teachers")).Run(Count(given, 5), [.. given.Skip(1)]);
            return 0;
        case ["merge", .. var given]: return new MergeTrack(Folder("merge")).Run(Count(given, 3), [.. given.Skip(1)]) ? 0 : 1;
        case ["serve", .. var given]: return new ServeTrack(Count(given, 20)).Run() ? 0 : 1;
        case ["served-labels", .. var given]:
            string[] words = [.. given.TakeWhile(word => !word.Contains('='))], changes = [.. given.Skip(words.Length)];
            return new ServedLabelsTrack(Folder("served-labels")).Run(words.ElementAtOrDefault(0), words.ElementAtOrDefault(1) ?? "teacher",
                words is [_, _, var most, ..] ? double.Parse(most, CultureInfo.InvariantCulture) : 1e-3, changes) ? 0 : 1;
        case ["compare", ..]: new Compare(args[1..]).Run(); return 0;
        default: Console.Error.WriteLine("usage: tracks hinton search|final|whole|units [FOLDER] [SEEDS]\n"
            + $"       tracks compression {CompressionTask.Names} [SEED] [FOLDER]\n       tracks onnx [RUNS]\n"
            + "       tracks glnn|cross-modal|label-kinds|tales|reasoning|routed-teachers|merge [SEEDS] [KEY=VALUE…]\n       tracks intent|judged-rounds [SEED] [KEY=VALUE…]\n       tracks serve [ROUNDS]\n       tracks served-labels [URL MODEL [MOST]] [KEY=VALUE…]\n" + Compare.Usage); return 2;
    }
}
catch (RetortException exception)
{
    Console.Error.WriteLine(exception.Message);
    return exception is RunFailedException ? 1 : 2;
}

static string Folder(string name) => Path.Combine(Path.GetTempPath(), "retort-" + name);

static int Count(string[] given, int otherwise) => given.Length > 0 ? int.Parse(given[0], CultureInfo.InvariantCulture) : otherwise;
