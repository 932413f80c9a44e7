using System.Net;
using System.Net.Sockets;

namespace Retort.Teachers.Chat;

/// <summary>
/// Connections to an endpoint: no redirect is followed, no cookie kept, and each address is checked before it is connected to. Where the
/// environment names a proxy, it is the proxy's address that is checked here; a forbidden address as such is refused with the endpoint.
/// </summary>
internal static class EndpointConnection
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(20), Lifetime = TimeSpan.FromMinutes(5);

    /// <param name="resolve">Addresses of a host; null = the system's.</param>
    public static SocketsHttpHandler Open(Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = LongestConnect,
        PooledConnectionLifetime = Lifetime,
        ConnectCallback = (context, cancellation) =>
            ConnectAsync(context.DnsEndPoint, resolve ?? Dns.GetHostAddressesAsync, cancellation),
    };

    /// <summary>Tries the addresses of the name in turn; one that is forbidden ends it, whatever the others are.</summary>
    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        CancellationToken cancellation)
    {
        var addresses = IPAddress.TryParse(target.Host, out var literal)
            ? [literal]
            : await resolve(target.Host, cancellation).ConfigureAwait(false);
        foreach (var address in addresses) ForbiddenAddresses.Check(address, target.Host);
        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, target.Port), cancellation).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException error)
            {
                socket.Dispose();
                last = error;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }
}
