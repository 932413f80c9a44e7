namespace Retort.Cli;

/// <summary>What a command returns; the help of every verb lists them.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int BadInput = 2;
    public const int GateClosed = 3;
    public const int Paused = 75;
    public const int Interrupted = 130;
}
