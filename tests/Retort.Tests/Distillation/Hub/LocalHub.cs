using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Retort.Tests.Distillation.Hub;

/// <summary>
/// A hub on this machine: one model, its listing, and its files behind a redirect, with ranges. It may break off, lie, or know no ranges.
/// </summary>
internal sealed class LocalHub : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    public LocalHub()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        }
        _listener.Prefixes.Add($"{Endpoint}");
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public Uri Endpoint { get; }
    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>Names of files whose listing has the hash of other content.</summary>
    public HashSet<string> Lies { get; } = [];

    /// <summary>Each answer breaks off after so many bytes; 0 = none does.</summary>
    public int BreakAfter { get; set; }
    public bool KnowsRanges { get; set; } = true;
    public int Status { get; set; } = 200;

    /// <summary>What was asked for, with the range.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>What the listing's address and those of files were sent as authorization.</summary>
    public List<string?> SentToHub { get; } = [];

    /// <summary>What the content's own address was sent as authorization.</summary>
    public List<string?> SentToContent { get; } = [];

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            try
            {
                Answer(context.Request, context.Response);
                context.Response.Close();
            }
            catch (Exception error) when (error is HttpListenerException or IOException or InvalidOperationException)
            {
                context.Response.Abort();
            }
        }
    }

    private void Answer(HttpListenerRequest request, HttpListenerResponse response)
    {
        var path = request.Url!.AbsolutePath;
        var name = path[(path.LastIndexOf('/') + 1)..];
        response.StatusCode = Status;
        if (Status != 200) return;
        if (!path.StartsWith("/content/", StringComparison.Ordinal)) SentToHub.Add(request.Headers["Authorization"]);
        if (path == "/api/models/org/model/revision/main") Write(response, Listing(), 0);
        else if (path == $"/org/model/resolve/{Commit}/{name}" && Files.ContainsKey(name))
        {
            Asked.Add(name + request.Headers["Range"]);
            response.Redirect($"{Endpoint}content/{name}");
        }
        else if (path == $"/content/{name}" && Files.TryGetValue(name, out var content))
        {
            SentToContent.Add(request.Headers["Authorization"]);
            var range = KnowsRanges ? request.Headers["Range"] : null;
            var from = range is null ? 0 : int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
            if (range is not null)
            {
                response.StatusCode = 206;
                response.AddHeader("Content-Range", $"bytes {from}-{content.Length - 1}/{content.Length}");
            }
            Write(response, content[from..], BreakAfter);
        }
        else response.StatusCode = 404;
    }

    private static void Write(HttpListenerResponse response, byte[] content, int breakAfter)
    {
        response.ContentLength64 = content.Length;
        if (breakAfter == 0 || content.Length <= breakAfter)
        {
            response.OutputStream.Write(content);
            return;
        }
        response.OutputStream.Write(content, 0, breakAfter);
        response.OutputStream.Flush();
        throw new IOException("broken off on purpose");
    }

    private byte[] Listing() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        sha = Commit,
        siblings = Files.Select(file => file.Key.EndsWith(".safetensors", StringComparison.Ordinal)
            ? (object)new { rfilename = file.Key, size = file.Value.Length, blobId = new string('0', 40),
                lfs = new { sha256 = Hash(HashAlgorithmName.SHA256, [], file), size = file.Value.Length } }
            : new { rfilename = file.Key, size = file.Value.Length,
                blobId = Hash(HashAlgorithmName.SHA1, Encoding.ASCII.GetBytes($"blob {file.Value.Length}\0"), file) }),
    });

    private string Hash(HashAlgorithmName algorithm, byte[] before, KeyValuePair<string, byte[]> file)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        hash.AppendData(before);
        hash.AppendData(Lies.Contains(file.Key) ? [1] : file.Value);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait(TimeSpan.FromSeconds(5));
    }
}
