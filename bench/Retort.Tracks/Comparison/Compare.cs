using System.Globalization;
using Retort.Benchmarks.Steps;
using Retort.Tensors;

namespace Retort.Tracks.Comparison;

/// <summary>
/// <c>tracks compare</c>: our resident process against PyTorch's in one or more settings, or llama.cpp's where text is generated, work
/// by work. The losses are compared first; where they differ there is no ratio.
/// </summary>
internal sealed class Compare
{
    public const string Usage = """
        usage: tracks compare [NAME…] [--bursts N] [--seconds S] [--settings po,px,pm] [--core NAME] [--ours COMMAND] [--ledger]
          NAME        a work of bench/tracks/works.md, or the beginning of some (default: all but the whole distillations)
          --bursts    clean bursts wanted of each side (default 5; at most three times as many rounds)
          --seconds   of a burst (default 0.5)
          --settings  of the peer (default px,pm); the strongest on a work is the one that counts
          --core      OpenBLAS core of px and pm (default: Cooperlake where there is AVX-512, else OpenBLAS' own choice)
          --ours      our side (default: retort bench --serve --pin, as built here in Release)
          --ledger    also appends the rows to bench/LEDGER.md
        RETORT_PEER_PYTHON is the command that starts a Python with PyTorch (and llama.cpp's programs in its path, for works
        whose names begin with generate), words separated by blanks; bench/README.md says how to get one.
        """;

    private const string PeerVariable = "RETORT_PEER_PYTHON";

    private readonly string _repository = Repository();
    private readonly List<string> _names = [];
    private int _bursts = 5;
    private double _seconds = 0.5;
    private string _settings = "px,pm";
    private string? _core, _ours;
    private bool _ledger;

    public Compare(IReadOnlyList<string> arguments)
    {
        Command = string.Join(' ', ["tracks compare", .. arguments]);
        for (var i = 0; i < arguments.Count; i++)
        {
            var option = arguments[i];
            string Value() => ++i < arguments.Count ? arguments[i] : throw new RetortException(option, "has no value.", Usage);
            switch (option)
            {
                case "--bursts": _bursts = (int)Number(option, Value(), 1, 1000); break;
                case "--seconds": _seconds = Number(option, Value(), 0, 3600); break;
                case "--settings": _settings = Value(); break;
                case "--core": _core = Value(); break;
                case "--ours": _ours = Value(); break;
                case "--ledger": _ledger = true; break;
                case ['-', ..]: throw new RetortException(option, "is no option.", Usage);
                default: _names.Add(option); break;
            }
        }
    }

    private string Command { get; }

    public void Run()
    {
        var works = Chosen();
        if (Environment.GetEnvironmentVariable(PeerVariable) is not { Length: > 0 } python)
        {
            Console.WriteLine($"Nothing was compared: {PeerVariable} is not set. It is the command that starts a Python with PyTorch; "
                + "bench/README.md says how to get one.");
            return;
        }
        Console.WriteLine($"{Ledger.Machine()}; load {ProcessorClock.Load()}");
        var (descriptions, outcomes) = (new List<string>(), new List<Outcome>());
        foreach (var group in works.GroupBy(work => work.Generates))
        {
            var sides = new List<ISide>();
            try
            {
                sides.Add(new ProcessSide("ours", Words(_ours ?? OurDefault()), new Dictionary<string, string?>(), TimeProvider.System));
                sides.AddRange(group.Key ? [LlamaCpp(Words(python))] : PyTorch(Words(python)));
                Measure([.. group], sides, outcomes);
                descriptions.AddRange(sides.Where(side => side.Description.Length > 0).Select(side => $"{side.Name}: {side.Description}"));
            }
            catch (SideException exception)
            {
                throw new RetortException("compare", exception.Message);
            }
            finally
            {
                foreach (var side in sides) side.Dispose();
            }
        }
        descriptions = [.. descriptions.Distinct()];
        Console.WriteLine();
        foreach (var line in descriptions) Console.WriteLine(line);
        foreach (var line in ComparisonTable.Lines(outcomes)) Console.WriteLine(line);
        if (_ledger && outcomes.Count > 0) new Ledger(_repository).Append(TimeProvider.System.GetUtcNow(), Command, descriptions, outcomes);
    }

    private IEnumerable<ISide> PyTorch(string[] python) =>
        _settings.Split(',').Select(name => PeerSetting.Of(name, _core)).Select(setting => new ProcessSide(setting.Name,
            [.. python, Peer("peer.py"), .. setting.Arguments], setting.Environment, TimeProvider.System));

    /// <summary>It is given the model of our side in files that we write.</summary>
    private ProcessSide LlamaCpp(string[] python)
    {
        var folder = Path.Combine(_repository, "artifacts", "peers");
        GenerationFiles.Write(folder);
        return new ProcessSide("llama.cpp", [.. python, Peer("llama.py"), folder], new Dictionary<string, string?>(), TimeProvider.System);
    }

    private string Peer(string script) => Path.Combine(_repository, "bench/tracks/peers", script);

    private void Measure(IReadOnlyList<Work> works, IReadOnlyList<ISide> sides, List<Outcome> outcomes)
    {
        var interleaving = new Interleaving(sides, _bursts, _seconds);
        foreach (var work in works)
        {
            try
            {
                outcomes.Add(interleaving.Run(work));
                Console.WriteLine(Detail(outcomes[^1]));
            }
            catch (SideException exception)
            {
                Console.WriteLine($"{work.Name}: skipped. {exception.Message}");
            }
        }
    }

    /// <summary>Every side's median, minimum and clean count on one line.</summary>
    private static string Detail(Outcome outcome)
    {
        var sides = outcome.Sides.Select(side => string.Create(CultureInfo.InvariantCulture,
            $"{side.Side} {side.Median:G4} (min {side.Minimum:G4}, {side.CleanCount} clean)"));
        var differing = outcome.Disagreeing.Select(side => $"{side.Side} {side.Bursts[0].Answer.Loss:G9}").ToList();
        var verdict = differing.Count > 0
            ? $"no ratio, the losses differ: ours {outcome.OurLoss:G9}, {string.Join(", ", differing)}"
            : string.Create(CultureInfo.InvariantCulture, $"ratio {outcome.Ratio:0.00}");
        return $"{outcome.Work.Name}: {string.Join(", ", sides)} ms; {verdict}";
    }

    private IReadOnlyList<Work> Chosen()
    {
        var all = string.Join(", ", Work.All.Select(work => work.Name));
        if (_names.FirstOrDefault(name => !Work.All.Any(work => work.Name.StartsWith(name, StringComparison.Ordinal))) is { } unknown)
            throw new RetortException(unknown, "no work's name begins so.", $"one of: {all}.");
        return [.. Work.All.Where(work => _names.Count == 0
            ? !work.Name.StartsWith("distill-", StringComparison.Ordinal)
            : _names.Any(name => work.Name.StartsWith(name, StringComparison.Ordinal)))];
    }

    private string OurDefault() => Path.Combine(_repository, "artifacts/bin/Retort.Cli/release/retort") + " bench --serve --pin";

    private static string[] Words(string command) => command.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static double Number(string option, string text, double least, double most) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new RetortException(option, $"'{text}' is no number from {least} to {most}.");

    private static string Repository()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Retort.slnx"))) return folder;
        throw new RetortException(AppContext.BaseDirectory, "lies in no copy of the repository.",
            "a folder with Retort.slnx above it.", "build bench/Retort.Tracks inside the repository.");
    }
}
