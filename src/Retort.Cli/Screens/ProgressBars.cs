using Retort.Runs;
using Spectre.Console;

namespace Retort.Cli.Screens;

/// <summary>One bar per activity, with an estimate of what is left.</summary>
internal sealed class ProgressBars(ProgressContext context) : IProgress<StageProgress>
{
    private readonly Dictionary<(string, string), ProgressTask> _tasks = [];

    public void Report(StageProgress value)
    {
        var key = (value.Stage, value.Activity);
        if (!_tasks.TryGetValue(key, out var task))
        {
            foreach (var earlier in _tasks.Values.Where(earlier => !earlier.IsFinished))
                earlier.StopTask();
            _tasks[key] = task = context.AddTask(Markup.Escape($"{value.Stage} · {value.Activity}"));
        }

        task.IsIndeterminate = value.Total <= 0;
        if (value.Total > 0)
        {
            task.MaxValue = value.Total;
            task.Value = value.Done;
        }

        var note = value.Note.Length > 0 ? $" · {value.Note}" : "";
        task.Description = Markup.Escape($"{value.Stage} · {value.Activity}{note}");
    }

    /// <summary>Runs the work with bars on a terminal, with lines elsewhere.</summary>
    public static T Around<T>(Screen screen, TimeProvider time, Func<IProgress<StageProgress>, T> work)
    {
        if (!screen.IsTerminal)
            return work(new ProgressLines(time, screen.Say));
        return screen.Terminal.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                new RemainingTimeColumn(), new ElapsedTimeColumn())
            .Start(context => work(new ProgressBars(context)));
    }
}
