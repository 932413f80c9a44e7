using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Retort.Teachers.Chat;

/// <summary>
/// Under which an answer is kept, and which is sent as Idempotency-Key: who is asked, what, how, and the number of the sample.
/// </summary>
public static class RequestKey
{
    /// <returns>SHA-256, 64 hexadecimal digits.</returns>
    public static string Of(string identity, ChatRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(ChatRequestWriter.Write(request, identity, "max_tokens", stream: false));
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\n{request.Sample}")));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
