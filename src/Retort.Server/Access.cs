using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Retort.Server;

/// <summary>
/// Who may ask. A page in a browser reaches loopback too, so the Host must be a name of this machine (a rebound name is not), a request
/// that another site's page makes is refused, and no answer may be read across origins. A token is compared in fixed time.
/// </summary>
internal sealed class Access
{
    private static readonly string[] OwnNames = ["localhost", "127.0.0.1", "[::1]"];

    private readonly HashSet<string> _hosts;
    private readonly byte[]? _token;

    public Access(ServerOptions options)
    {
        _hosts = new([.. OwnNames, Spelt(options.Host), .. options.AllowedHosts.Select(Spelt)], StringComparer.OrdinalIgnoreCase);
        _token = options.Token is { } token ? Hash(token) : null;
    }

    /// <exception cref="ApiError">This request is refused.</exception>
    public void Check(HttpContext context)
    {
        var request = context.Request;
        if (!IsOwn(request.Host.Host, context.Connection.LocalIpAddress))
            throw ApiError.Forbidden($"the Host '{Shortened(request.Host.Host)}' is no name of this server. Allow it with --allow-host.");
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) CheckOrigin(request);
        if (_token is null || request.Path == "/health") return;
        if (!CryptographicOperations.FixedTimeEquals(Hash(Bearer(request.Headers.Authorization)), _token))
            throw ApiError.Unauthorised("the token is missing or wrong; expected 'Authorization: Bearer TOKEN'.");
    }

    private void CheckOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            throw ApiError.Forbidden($"the page at '{Shortened(origin)}' may not ask this server.");
        if (request.Headers["Sec-Fetch-Site"] is [{ } site] && site is not ("same-origin" or "none"))
            throw ApiError.Forbidden("a page of another site may not ask this server.");
    }

    /// <summary>An address in place of a name cannot be rebound: that at which the request arrived is this machine's.</summary>
    private bool IsOwn(string host, IPAddress? local) => _hosts.Contains(host)
        || (local is not null && IPAddress.TryParse(host.Trim('[', ']'), out var address)
            && address.Equals(local.IsIPv4MappedToIPv6 && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
                ? local.MapToIPv4()
                : local));

    /// <summary>A version 6 address stands in brackets.</summary>
    private static string Spelt(string host) => host.Contains(':') && !host.StartsWith('[') ? $"[{host}]" : host;

    private static string Bearer(StringValues header)
    {
        const string scheme = "Bearer ";
        return header is [{ } value] && value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? value[scheme.Length..].Trim() : "";
    }

    /// <summary>Equally long, whatever the token is.</summary>
    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static string Shortened(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
