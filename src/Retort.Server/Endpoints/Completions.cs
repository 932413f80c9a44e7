using Microsoft.AspNetCore.Http;
using Retort.Server.Replies;
using Retort.Server.Requests;

namespace Retort.Server.Endpoints;

/// <summary>POST /v1/completions: goes on with texts.</summary>
internal sealed class Completions(Service service)
{
    public async Task AnswerAsync(HttpContext context)
    {
        using var fields = await RequestFields.ReadAsync(context, CompletionRequest.Known);
        service.CheckModel(fields);
        var request = CompletionRequest.Read(fields);
        int[][] prompts = [.. request.Prompts.Select(prompt => service.Model.Ids(prompt, CompletionRequest.Field))];
        await new Answering(service, context).RunAsync(prompts, CompletionRequest.Field, request.Wish, CompletionRequest.UsualNewTokens,
            "cmpl", (id, created) => new CompletionShape(id, created, service.Options.Name, request.Wish.TellsTokens));
    }
}
