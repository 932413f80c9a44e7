using Microsoft.Data.Sqlite;
using Retort.Asking;
using Retort.Teachers.Chat;
using Retort.Tensors;
using Retort.Tests.Distillation.Teachers.Chat;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Asking;

public sealed class AskingJournalTests : IDisposable
{
    private static readonly Spend Worst = new(1, 100, 10, 0.0123456789012345m);
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.At("journal.db");

    [Fact]
    public void AQuestionGoesItsWayAndIsRemembered()
    {
        using (var journal = AskingJournal.Open(File))
        {
            Assert.Equal(ItemState.Pending, journal.Register(["a", "b"])["a"]);
            var attempt = journal.Begin("a", Worst);
            Assert.Equal(ItemState.Sent, journal.Record("a")!.State);
            journal.End(attempt, new Spend(1, 3, 2, 0.000_000_001m), "answered", ScriptedTeacher.Reply("fine"));
            Assert.Equal(ItemState.Answered, journal.Record("a")!.State);
            journal.Finish("a", ItemState.Accepted);
            journal.Finish("b", ItemState.Rejected, "length: cut");
        }
        using var again = AskingJournal.Open(File);
        Assert.Equal([ItemState.Accepted, ItemState.Rejected, ItemState.Pending], again.Register(["a", "b", "c"]).Values);
        Assert.Equal("fine", again.Find("a")!.Answers[0].Text);
        Assert.Equal("length: cut", again.Record("b")!.Reason);
        Assert.Null(again.Record("d"));
        Assert.Equal((new Spend(1, 3, 2, 0.000_000_001m), default), again.Spent());
    }

    /// <summary>How long answers took outlives the process; one that was not measured is no zero.</summary>
    [Fact]
    public void TheTimeOfAnAnswerIsRemembered()
    {
        using (var journal = AskingJournal.Open(File))
            foreach (var (key, took) in ((string, double?)[])[("a", 12.5), ("b", null), ("c", 40)])
                journal.End(journal.Begin(key, Worst), default, "answered",
                    ScriptedTeacher.Reply("fine") with { Took = took is { } known ? TimeSpan.FromMilliseconds(known) : null });
        using var again = AskingJournal.Open(File);
        again.Finish("a", ItemState.Accepted);
        Assert.Equal([12.5, 40], again.Latencies().Order());
        Assert.Equal((3, 1), (again.Answered, again.Accepted));
        Assert.Equal(TimeSpan.FromMilliseconds(40), again.Find("c")!.Took);
    }

    /// <summary>What was under way counts at its worst case, exactly, and is asked again.</summary>
    [Fact]
    public void AnAttemptWithoutAnOutcomeIsChargedForEver()
    {
        using (var journal = AskingJournal.Open(File))
        {
            journal.Begin("a", Worst);
            journal.Begin("b", Worst); // no end: as a kill leaves it
        }
        using (var again = AskingJournal.Open(File))
        {
            Assert.Equal([ItemState.Pending, ItemState.Pending], again.Register(["a", "b"]).Values);
            Assert.Equal((Worst + Worst, Worst + Worst), again.Spent());
            again.End(again.Begin("a", Worst), new Spend(1, 3, 2, 0.5m), "answered", ScriptedTeacher.Reply());
        }
        using var third = AskingJournal.Open(File);
        Assert.Equal((Worst + Worst + new Spend(1, 3, 2, 0.5m), Worst + Worst), third.Spent());
    }

    [Fact]
    public void TroubleLeavesTheQuestionPending()
    {
        using var journal = AskingJournal.Open(File);
        journal.End(journal.Begin("a", Worst), Spend.OfRefusal, "Overloaded", null);
        Assert.Equal(ItemState.Pending, journal.Record("a")!.State);
        Assert.Equal((Spend.OfRefusal, default), journal.Spent());
    }

    /// <summary>A late answer to a question that is settled changes nothing.</summary>
    [Fact]
    public void AnAnswerThatComesTwiceIsKeptOnce()
    {
        using var journal = AskingJournal.Open(File);
        var (first, second) = (journal.Begin("a", Worst), journal.Begin("a", Worst));
        journal.End(first, Worst, "answered", ScriptedTeacher.Reply("first"));
        journal.Finish("a", ItemState.Accepted);
        journal.End(second, Worst, "answered", ScriptedTeacher.Reply("second"));
        Assert.Equal((ItemState.Accepted, "first"), (journal.Record("a")!.State, journal.Find("a")!.Answers[0].Text));
        Assert.Equal(2, journal.Spent().All.Requests);
    }

    [Fact]
    public async Task SeveralThreadsMayUseIt()
    {
        using var journal = AskingJournal.Open(File);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Task.Run(() =>
        {
            journal.End(journal.Begin($"{number % 50}", Worst), new Spend(1, 1, 1, 0.01m), "answered", ScriptedTeacher.Reply());
            journal.Finish($"{number % 50}", ItemState.Accepted);
        })));
        Assert.Equal(new Spend(200, 200, 200, 2m), journal.Spent().All);
    }

    [Fact]
    public void WhatIsNoJournalIsNotTouched()
    {
        System.IO.File.WriteAllText(File, "this is a letter, and long enough to be read as the head of a database of a hundred bytes or more, which it is not.");
        var before = System.IO.File.ReadAllBytes(File);
        Assert.Contains("the journal cannot be used: ", Assert.Throws<RetortException>(() => AskingJournal.Open(File)).Message, StringComparison.Ordinal);
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));

        var other = _folder.At("other.db");
        using (var database = new SqliteConnection($"Data Source={other};Pooling=False"))
        {
            database.Open();
            using var command = database.CreateCommand();
            command.CommandText = "CREATE TABLE items (key TEXT)";
            command.ExecuteNonQuery();
        }
        Assert.Contains("other.db  is a database of something else.", Assert.Throws<RetortException>(() => AskingJournal.Open(other)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
