using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Retort.Tensors;
using Retort.Tests.Distillation.EndToEnd;
using Retort.Tests.Distillation.Teachers.Chat;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Asking;

/// <summary>
/// The command is killed again and again while a faulty endpoint is asked: every prompt is answered once, and paid for once.
/// </summary>
[Trait("Category", "Kill")]
public sealed class AskingKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Concurrency = 16;
    private static readonly Seed Draws = new Seed(20150309).Derive("ask");
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly Fault[] Faults = [.. Enum.GetValues<Fault>().Where(fault => fault is not (Fault.None or Fault.NoUsage))];
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ThreeKillsPayNothingTwice(bool honours) => KillAndGoOn(120, 3, 0.08, honours);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Category", "Long")]
    public void TwentyKillsPayNothingTwice(bool honours) => KillAndGoOn(2000, 20, 0.1, honours);

    private void KillAndGoOn(int prompts, int kills, double share, bool honours)
    {
        using var endpoint = new ScriptedEndpoint(asked => ScriptedEndpoint.Drawn(asked, Draws, share, Faults))
        {
            HonoursIdempotency = honours, Stall = TimeSpan.FromSeconds(3), Work = TimeSpan.FromMilliseconds(15),
        };
        var file = _folder.With("prompts.jsonl", string.Concat(Enumerable.Range(0, prompts).Select(number => $$"""{"id": {{number}}, "prompt": "question {{number}}"}""" + "\n")));
        string[] command =
        [
            "ask", file, "--endpoint", endpoint.Address, "--model", ScriptedEndpoint.Model, "--out", _folder.At("out"), "--price-in", "1",
            "--price-out", "2", "--max-tokens", $"{400 * prompts}", "--new-tokens", "20", "--timeout", "1", "--concurrency", $"{Concurrency}",
        ];
        for (var kill = 0; kill < kills; kill++)
        {
            // somewhere in the next share of the questions, so that all kills find work under way
            var moment = (int)(prompts * (kill + Draws.UniformDouble((ulong)kill)) / (kills + 1));
            var before = endpoint.Count;
            using var process = RetortCommand.Start(command);
            var watch = Stopwatch.StartNew();
            while (!process.HasEnded && (endpoint.BilledPrompts < moment || endpoint.Count == before) && watch.Elapsed < Limit)
                Thread.Sleep(1);
            if (!process.KillAfter(TimeSpan.Zero)) Assert.Fail($"it ended before kill {kill + 1}: {process.End()}");
            output.WriteLine($"kill: {kill + 1} of {kills}, {endpoint.Count} requests so far, {endpoint.BilledPrompts} of {prompts} prompts charged");
        }
        var (code, told, error) = RetortCommand.Run(command);
        Assert.True(code == 0, $"exit code {code}\n{told}\n{error}");

        var answers = File.ReadAllLines(_folder.At("out/answers.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(Enumerable.Range(0, prompts).Select(number => $"{number}"), answers.Select(answer => answer.GetProperty("id").GetString()));
        Assert.All(answers, answer => Assert.Equal($"answer to question {answer.GetProperty("id")}", answer.GetProperty("messages")[1].GetProperty("content").GetString()));
        Assert.Empty(File.ReadAllLines(_folder.At("out/rejected.jsonl")));

        var (killed, counted) = Journal();
        var billed = endpoint.Billed.Values.Sum();
        Assert.Equal(prompts, endpoint.Billed.Count);
        Assert.InRange(killed, 0, kills * Concurrency);
        if (honours) Assert.Equal(prompts, billed);
        else Assert.InRange(billed - prompts, 0, killed + endpoint.Damaged);
        Assert.InRange(endpoint.BilledTokens, 1, counted);
        Assert.InRange(counted, 1, 400L * prompts);
        output.WriteLine($"kill: {prompts} prompts, {billed} answers charged, {endpoint.Damaged} damaged on the way, {killed} under way at {kills} kills, {endpoint.BilledTokens} tokens charged, {counted} counted");
    }

    private (long Killed, long Tokens) Journal()
    {
        using var database = new SqliteConnection($"Data Source={_folder.At("out/journal.db")};Pooling=False");
        database.Open();
        return (Number("SELECT count(*) FROM attempts WHERE outcome = 'killed'"), Number("SELECT sum(input + output) FROM attempts"));

        long Number(string statement)
        {
            using var command = database.CreateCommand();
            command.CommandText = statement;
            return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        }
    }

    public void Dispose() => _folder.Dispose();
}
