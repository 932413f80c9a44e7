using System.Text;
using Microsoft.AspNetCore.Http;
using Retort.Server.Replies;
using Retort.Server.Requests;
using Retort.Server.Scheduling;

namespace Retort.Server.Endpoints;

/// <summary>What chat and completions have in common: prompts are checked, answers begun, and told whole or piece by piece.</summary>
/// <param name="service">Of the server.</param>
/// <param name="context">Of the request.</param>
internal sealed class Answering(Service service, HttpContext context)
{
    private readonly long _started = service.Time.GetTimestamp();
    private bool _told;

    /// <param name="prompts">Ids of each.</param>
    /// <param name="field">They came in it.</param>
    /// <param name="wish">How they are answered.</param>
    /// <param name="usual">New tokens where the request does not say.</param>
    /// <param name="kind">First part of the answer's name.</param>
    /// <param name="shaped">Its shape, by name.</param>
    public async Task RunAsync(IReadOnlyList<int[]> prompts, string field, AnswerWish wish, int usual, string kind,
        Func<string, long, AnswerShape> shaped)
    {
        int[] newTokens = service.Model.Labels is null
            ? [.. prompts.Select(prompt => wish.NewTokensAfter(field, prompt.Length, service.Model.Context, usual))]
            : [.. prompts.Select(_ => 1)]; // a label is one token, and takes no place beside the text
        var (id, number) = service.Next(kind);
        using var deadline = service.Deadline(context);
        var answers = service.Model.Begin(service.Scheduler, prompts, wish, newTokens, wish.Seed ?? service.SeedOf(number), deadline.Token);
        var cost = prompts.Sum(prompt => prompt.Length);
        service.Metrics.Prompted(cost);
        var shape = shaped(id, service.Now);
        try
        {
            if (wish.Stream) await StreamAsync(answers, wish, shape, cost, deadline.Token);
            else await WholeAsync(answers, shape, cost);
        }
        catch (OperationCanceledException given)
        {
            throw deadline.Reason(given);
        }
    }

    private async Task WholeAsync(AnswerSet answers, AnswerShape shape, int prompt)
    {
        var texts = new StringBuilder[answers.Choices];
        var tokens = new List<SaidToken>[answers.Choices];
        var ends = new string?[answers.Choices];
        await foreach (var piece in answers.ReadAsync())
        {
            Tell();
            (texts[piece.Choice] ??= new()).Append(piece.Text);
            (tokens[piece.Choice] ??= []).AddRange(piece.Tokens);
            ends[piece.Choice] = piece.Finish;
        }
        await Json.WriteAsync(context.Response, json => shape.Whole(json,
            texts.Select((text, choice) => new Piece(choice, text.ToString(), tokens[choice], ends[choice])),
            new Usage(prompt, answers.Tokens)));
    }

    private async Task StreamAsync(AnswerSet answers, AnswerWish wish, AnswerShape shape, int prompt, CancellationToken cancellation)
    {
        using var events = new EventStream(context.Response);
        events.Begin();
        Task Send(Piece? piece, bool first = false, Usage? usage = null) =>
            events.SendAsync(json => shape.Part(json, piece, first, usage, wish.StreamsUsage), cancellation);
        var opened = new bool[answers.Choices];
        for (var choice = 0; choice < opened.Length; choice++)
            if (shape.Opening(choice) is { } opening)
            {
                opened[choice] = true;
                await Send(opening, first: true);
            }
        await foreach (var piece in answers.ReadAsync())
        {
            Tell();
            var (first, more) = (!opened[piece.Choice], piece.Text.Length > 0 || piece.Tokens.Count > 0);
            opened[piece.Choice] = true;
            if (more) await Send(piece with { Finish = null }, first);
            if (piece.Finish is not null) await Send(piece with { Text = "", Tokens = [] }, first && !more);
        }
        if (wish.StreamsUsage) await Send(null, usage: new Usage(prompt, answers.Tokens));
        await events.EndAsync(cancellation);
    }

    private void Tell()
    {
        if (!_told) service.Metrics.First(service.Time.GetElapsedTime(_started));
        _told = true;
    }
}
