using System.CommandLine;
using Retort.Benchmarks;
using Retort.Cli.Screens;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Cli.Verbs;

internal static class BenchVerb
{
    private const string Lesson = """
        Examples:
          retort bench                               the machine, the kernels, whole steps: a minute or two
          retort bench --list                        names, and what each of them does
          retort bench --only sgemm --pin            every benchmark whose name begins so; one thread a core
          retort bench --only mlp-step --threads 1 --seconds 5 --json
          echo "mlp-step 2" | retort bench --serve   ready …, then: median_ms min_ms n loss cpu_seconds

        The machine is measured first: multiply-adds in registers by vector width and threads, memory streams. Every
        kernel is then shown with its share of that. How to read the table:
          share of peak       nothing computes faster than 100 %; a large matrix product should come near
          share of bandwidth  of the triad; above 100 % means that the data stayed in a cache
          managed B           bytes that a run allocates on the managed heap: 0, or something is wrong
          native              blocks that all timed runs together took from the system: 0, unless a thread joined late
          peak memory         of the whole process while that benchmark ran
        Another process on the same cores spoils a measurement: compare min with median, and repeat.
        --serve keeps one process that answers lines 'NAME BUDGET_SECONDS' until its input ends; bench/tracks/compare
        uses it to interleave our runs with those of a peer. It leaves nothing behind.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var only = new Option<string[]>("--only") { Description = "Only benchmarks whose name begins with NAME. May be repeated.",
            HelpName = "NAME", DefaultValueFactory = _ => [] };
        var threads = new Option<int>("--threads") { Description = "Threads that compute (default: one a processor).", HelpName = "N" };
        var seconds =
            new Option<double>("--seconds") { Description = "For each measurement.", HelpName = "S", DefaultValueFactory = _ => 1 };
        var pin = new Option<bool>("--pin") { Description = "One thread a processor (Linux)." };
        var list = new Option<bool>("--list") { Description = "Only names and what they do." };
        var serve = new Option<bool>("--serve") { Description = "Answer lines from stdin instead." };
        var json = RecipeOptions.NewJson();
        var verb = new Verb("bench", "Measures this machine, and how near to it our kernels and training steps come.", Lesson) { only,
            threads, seconds, pin, list, serve, json };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () =>
            {
                var chosen = Choose(parsed.GetValue(only)!, all: parsed.GetValue(list) || parsed.GetValue(serve));
                if (parsed.GetValue(list)) return List(screen, chosen);
                var budget = Budget(parsed.GetValue(seconds));
                using var device = new CpuDevice(parsed.GetValue(threads), parsed.GetValue(pin));
                using var meter = new Meter(device, surroundings.Time);
                if (parsed.GetValue(serve)) return Serve(surroundings,
                    new PeerService($"retort {typeof(BenchVerb).Assembly.GetName().Version?.ToString(3)}, {device.Name}", meter, chosen));
                return Measure(surroundings, screen, chosen, meter, cancellation =>
                    MachineFigures.Measure(device.Threads, parsed.GetValue(pin), budget, surroundings.Time, cancellation), budget);
            });
        });
        return verb;
    }

    /// <summary>Those that are named; whole distillations take their minutes, so a bare <c>retort bench</c> leaves them out.</summary>
    private static List<Benchmark> Choose(string[] names, bool all)
    {
        var nameless =
            names.FirstOrDefault(name => !BenchmarkCatalog.All.Any(benchmark => benchmark.Name.StartsWith(name, StringComparison.Ordinal)));
        if (nameless is not null)
            throw new RetortException(nameless, "no benchmark's name begins so.",
                $"expected the beginning of one of: {string.Join(", ", BenchmarkCatalog.All.Select(benchmark => benchmark.Name))}.");
        return [.. BenchmarkCatalog.All.Where(benchmark =>
            names.Length == 0 ? all || !benchmark.Whole : names.Any(name => benchmark.Name.StartsWith(name, StringComparison.Ordinal)))];
    }

    private static TimeSpan Budget(double seconds) => seconds is > 0 and <= 3600 ? TimeSpan.FromSeconds(seconds)
        : throw new RetortException("--seconds", $"{seconds} is not a time to measure for.", "expected more than 0 and at most 3600.");

    private static int List(Screen screen, List<Benchmark> chosen)
    {
        var rows = chosen.Select(benchmark => new[] { benchmark.Name, benchmark.Text }).ToList();
        if (!screen.Json) screen.Table(["benchmark", ""], rows);
        screen.Data(json => json.WriteRows("benchmarks", ["name", "text"], rows));
        return ExitCode.Done;
    }

    private static int Serve(Surroundings surroundings, PeerService service)
    {
        service.Serve(surroundings.Input, surroundings.Output, surroundings.Cancellation);
        return ExitCode.Done;
    }

    private static int Measure(Surroundings surroundings, Screen screen, List<Benchmark> chosen, Meter meter,
        Func<CancellationToken, MachineFigures> look, TimeSpan budget)
    {
        var cancellation = surroundings.Cancellation;
        var machine = BenchScreen.Around(screen, "the machine", () => look(cancellation));
        BenchScreen.Show(screen, machine);
        var results = chosen.Select(benchmark =>
            BenchScreen.Around(screen, benchmark.Name, () => meter.Measure(benchmark, budget, cancellation))).ToList();
        BenchScreen.Show(screen, machine, results);
        screen.Data(json => BenchScreen.Write(json, machine, results));
        return ExitCode.Done;
    }
}
