using System.Globalization;
using Microsoft.AspNetCore.Http;
using Retort.Server.Replies;
using Retort.Tensors;

namespace Retort.Server.Endpoints;

/// <summary>
/// Around every path: who may ask, and every way a request can end badly, in OpenAI's shape. An answer that has begun ends with an event
/// and then without the end of its connection, for some clients take an error that ends well for a success.
/// </summary>
internal sealed class Refusals(Service service, Access access)
{
    public async Task AroundAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            access.Check(context);
            await next(context);
            var response = context.Response;
            if (!response.HasStarted && response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed)
                throw ApiError.Other(response.StatusCode, $"{context.Request.Method} {context.Request.Path} is no path of this server.");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort(); // nobody reads any more
        }
        catch (Exception error)
        {
            await RefuseAsync(context, Told(error));
            if (context.Response.HasStarted && context.Response.ContentType == EventStream.Kind) throw; // the server cuts the connection
        }
        finally
        {
            service.Metrics.Answered(context.GetEndpoint()?.DisplayName ?? "other", context.Response.StatusCode);
        }
    }

    private static ApiError Told(Exception error) => error switch
    {
        ApiError told => told,
        BadHttpRequestException bad when bad.StatusCode == StatusCodes.Status413PayloadTooLarge => ApiError.TooLarge(),
        BadHttpRequestException bad => ApiError.Other(bad.StatusCode, bad.Message),
        RunFailedException failed => ApiError.Failed(failed.Message),
        RetortException bad => ApiError.Invalid(null, bad.Message),
        OperationCanceledException => ApiError.Stopping(),
        _ => ApiError.Failed($"the server has a fault: {error.GetType().Name}: {error.Message.Split('\n')[0]}"),
    };

    private static async Task RefuseAsync(HttpContext context, ApiError error)
    {
        try
        {
            if (context.Response.HasStarted)
            {
                using var events = new EventStream(context.Response);
                await events.SendAsync(error.Write, context.RequestAborted);
                return;
            }
            context.Response.Clear();
            context.Response.StatusCode = error.Status;
            if (error.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await Json.WriteAsync(context.Response, error.Write);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or InvalidOperationException)
        {
            context.Abort();
        }
    }
}
