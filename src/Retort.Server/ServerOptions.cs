using Retort.Tensors;

namespace Retort.Server;

/// <summary>Where and how a model is served. The defaults are for one machine and its own user.</summary>
public sealed record ServerOptions
{
    /// <summary>A request body is at most so many bytes.</summary>
    public const int BodyBytes = 4 << 20;

    /// <summary>What clients call the model.</summary>
    public required string Name { get; init; }

    /// <summary>An address of this machine, or localhost. One that others reach needs a <see cref="Token"/>.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>0 = one that is free.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>What clients send as bearer token; null = none is asked for.</summary>
    public string? Token { get; init; }

    /// <summary>Names that a request's Host may have, beside this machine's own.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Answers that are computed side by side.</summary>
    public int Parallel { get; init; } = 32;

    /// <summary>Answers that may wait for a place; more are refused with 429.</summary>
    public int Queue { get; init; } = 256;

    /// <summary>Most tokens of an answer to a chat whose request does not say.</summary>
    public int NewTokens { get; init; } = 1024;

    /// <summary>Longest time from a request to the end of its answer.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Of draws that bring no seed.</summary>
    public Seed Seed { get; init; } = new(1);

    /// <exception cref="RetortException">A setting makes no sense.</exception>
    internal void Check()
    {
        if (Name.Length == 0) throw new RetortException("--name", "is empty.", "what clients are to call the model.");
        if (Port is < 0 or > ushort.MaxValue) throw new RetortException("--port", $"{Port} is no port.", "0 to 65535; 0 = one that is free.");
        if (Parallel < 1) throw new RetortException("--parallel", $"{Parallel} answers side by side.", "1 or more.");
        if (Queue < 0) throw new RetortException("--queue", $"{Queue} answers that may wait.", "0 or more.");
        if (NewTokens < 1) throw new RetortException("--new-tokens", $"{NewTokens} new tokens.", "1 or more.");
        if (TimeLimit <= TimeSpan.Zero) throw new RetortException("--time-limit", $"{TimeLimit.TotalSeconds} seconds.", "more than 0.");
    }
}
