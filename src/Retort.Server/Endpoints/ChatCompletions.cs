using Microsoft.AspNetCore.Http;
using Retort.Server.Replies;
using Retort.Server.Requests;

namespace Retort.Server.Endpoints;

/// <summary>POST /v1/chat/completions.</summary>
internal sealed class ChatCompletions(Service service)
{
    public async Task AnswerAsync(HttpContext context)
    {
        using var fields = await RequestFields.ReadAsync(context, ChatRequest.Known);
        service.CheckModel(fields);
        var request = ChatRequest.Read(fields);
        await new Answering(service, context).RunAsync([service.Model.Ids(request.Messages, service.Time)], ChatRequest.Field, request.Wish,
            service.Options.NewTokens, "chatcmpl",
            (id, created) => new ChatShape(id, created, service.Options.Name, request.Wish.TellsTokens));
    }
}
