using System.Net;
using Retort.Tensors;

namespace Retort.Hub;

/// <summary>What the hub's refusals mean to a user.</summary>
internal static class HubAnswers
{
    /// <exception cref="RetortException">The hub refuses, and would again.</exception>
    /// <exception cref="HttpRequestException">It may answer later.</exception>
    public static void Check(HttpResponseMessage response, string location)
    {
        if (response.IsSuccessStatusCode) return;
        throw response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new RetortException(location,
                $"is not given to everybody ({(int)response.StatusCode}).", "a model that is public, or a token that may read it.",
                "accept its terms on the model's page, and set HF_TOKEN."),
            HttpStatusCode.NotFound => new RetortException(location, "is not on the hub (404).", "a model, a revision and a file that are.",
                "check the spelling on the model's page."),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new HttpRequestException($"the hub answered {(int)response.StatusCode}", null, response.StatusCode),
            _ => new RetortException(location, $"was answered with {(int)response.StatusCode}.", "200 or 206.",
                "fetch the model with another tool, and name its folder."),
        };
    }
}
