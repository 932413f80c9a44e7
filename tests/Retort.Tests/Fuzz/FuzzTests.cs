using System.Diagnostics;
using System.Globalization;
using System.Text;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Fuzz;

/// <summary>
/// What strangers' files may do to a parser: be read, or be refused in a sentence, in bounded time and memory. Nothing else:
/// no other exception, no endless loop, no allocation that a header asks for. RETORT_FUZZ says how many mutations each gets.
/// </summary>
public sealed class FuzzTests
{
    private const int Some = 200, Many = 100_000;
    private const long MostBytes = 256L << 20;
    private static readonly TimeSpan longest = TimeSpan.FromSeconds(2);

    public static TheoryData<string> Names => [.. ParserCases.All.Select(parser => parser.Name)];

    /// <summary>Else nothing but the first lines of a parser would be tested.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void WhatIsNotDamagedIsRead(string name)
    {
        using var folder = new TemporaryFolder();
        var parser = ParserCases.Of(name);
        Assert.NotEmpty(parser.Valid);
        foreach (var bytes in parser.Valid) parser.Read(bytes, file => folder.With(file, bytes));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void SomeDamageIsReadOrRefused(string name) => Fuzz(ParserCases.Of(name), Some, seed: 1);

    [Trait("Category", "Fuzz")]
    [Theory]
    [MemberData(nameof(Names))]
    public void MuchDamageIsReadOrRefused(string name) => Fuzz(ParserCases.Of(name),
        Environment.GetEnvironmentVariable("RETORT_FUZZ") is { Length: > 0 } wanted
            ? int.Parse(wanted, CultureInfo.InvariantCulture) : Many, seed: 2);

    private static void Fuzz(ParserCase parser, int mutations, ulong seed)
    {
        using var folder = new TemporaryFolder();
        var mutation = new Mutation(parser.Valid, parser.Words, seed);
        var refused = 0;
        for (var trial = 0; trial < mutations; trial++)
        {
            var bytes = mutation.Of(trial);
            var (error, took, allocated) = Try(parser, bytes, folder);
            // a machine that does something else meanwhile is not the parser's fault
            if (took > longest) took = Try(parser, bytes, folder).Took;
            if (error is RetortException) refused++;
            if (error is not (null or RetortException) || took > longest || allocated > MostBytes)
                Assert.Fail($"{parser.Name}, seed {seed}, trial {trial}: {took.TotalSeconds:0.0} s, {allocated >> 20} MiB, {error}\n{Shown(bytes)}");
        }
        Assert.True(refused > mutations / 20, $"{parser.Name}: only {refused} of {mutations} damaged files were refused.");
        TestContext.Current.SendDiagnosticMessage($"fuzz: {parser.Name}: {refused} of {mutations} refused");
    }

    private static (Exception? Error, TimeSpan Took, long Allocated) Try(ParserCase parser, byte[] bytes, TemporaryFolder folder)
    {
        var (started, before) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        var error = Record.Exception(() => parser.Read(bytes, file => folder.With(file, bytes)));
        return (error, Stopwatch.GetElapsedTime(started), GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string Shown(byte[] bytes) => bytes.Length > 3000 ? $"{bytes.Length} bytes"
        : bytes.All(letter => letter is >= 32 and < 127 or 10) ? Encoding.ASCII.GetString(bytes) : Convert.ToBase64String(bytes);
}
