using System.Diagnostics;
using Retort.Tests.Formats;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>The toy run that nobody disturbed, walked once for all tests that compare with it.</summary>
public sealed class UninterruptedRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public UninterruptedRun()
    {
        var started = Stopwatch.GetTimestamp();
        ToyRun.Finish(ToyRun.Digits(Path));
        Duration = Stopwatch.GetElapsedTime(started);
    }

    public string Path => _folder.At("alone");

    public TimeSpan Duration { get; }

    public void Dispose() => _folder.Dispose();
}
