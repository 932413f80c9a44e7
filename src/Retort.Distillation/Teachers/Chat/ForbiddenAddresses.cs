using System.Net;
using System.Net.Sockets;
using Retort.Tensors;

namespace Retort.Teachers.Chat;

/// <summary>
/// Addresses that no teacher has: link-local ones and those where clouds hand out credentials. They are checked on the address that is
/// connected to, so that a name which resolves to one does not get through.
/// </summary>
internal static class ForbiddenAddresses
{
    /// <summary>Metadata services outside the link-local ranges: AWS over IPv6, Alibaba, Oracle.</summary>
    private static readonly IPAddress[] Metadata =
        [IPAddress.Parse("fd00:ec2::254"), IPAddress.Parse("100.100.100.200"), IPAddress.Parse("192.0.0.192")];

    /// <exception cref="RetortException">It is forbidden.</exception>
    public static void Check(IPAddress address, string host)
    {
        if (IsForbidden(address))
            throw new RetortException(host, $"leads to {address}, which is link-local or a cloud's metadata service.",
                "an address where a model can be asked.", "check the endpoint's address, and what its name resolves to.");
    }

    public static bool IsForbidden(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (Metadata.Contains(address) || address.IsIPv6LinkLocal || address.IsIPv6Multicast) return true;
        if (address.AddressFamily != AddressFamily.InterNetwork) return address.Equals(IPAddress.IPv6Any);
        var bytes = address.GetAddressBytes();
        return bytes is [169, 254, ..] or [0, ..] or [>= 224, ..];
    }

    /// <summary>This machine or its own network: 10/8, 172.16/12, 192.168/16, fc00::/7.</summary>
    public static bool IsPrivate(IPAddress? address)
    {
        if (address is null) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return IPAddress.IsLoopback(address) || address.IsIPv6UniqueLocal
            || (address.AddressFamily == AddressFamily.InterNetwork
                && address.GetAddressBytes() is [10, ..] or [172, >= 16 and < 32, ..] or [192, 168, ..]);
    }
}
