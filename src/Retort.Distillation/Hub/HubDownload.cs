using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Retort.Formats.Files;
using Retort.Tensors;

namespace Retort.Hub;

/// <summary>
/// Fetches one file: what came before an interruption is kept and not fetched again, and the file has its name only when its length and
/// its hash are what the hub says.
/// </summary>
internal sealed class HubDownload(HttpClient client, TimeProvider time)
{
    private const int Attempts = 5, BufferBytes = 1 << 17;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    /// <param name="address">Of the content.</param>
    /// <param name="file">What it has to be.</param>
    /// <param name="path">Where it goes; beside it grows PATH.incomplete.</param>
    /// <param name="cancellation">Stops; what came is kept.</param>
    /// <exception cref="RetortException">The hub does not give it, gives something else, or the disk does not take it.</exception>
    public async Task FetchAsync(Uri address, HubFile file, string path, CancellationToken cancellation)
    {
        var partial = path + ".incomplete";
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ContinueAsync(address, file, partial, cancellation).ConfigureAwait(false);
                break;
            }
            catch (Exception error) when (IsInterruption(error, cancellation) && attempt < Attempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), time, cancellation).ConfigureAwait(false);
            }
            catch (Exception error) when (IsInterruption(error, cancellation))
            {
                throw new RunFailedException($"{address}", $"was interrupted {Attempts} times: {error.Message}", $"{file.Bytes} bytes.",
                    "run it again: what came is kept.", error);
            }
        }
        if (!await HasHashAsync(partial, file, cancellation).ConfigureAwait(false))
        {
            File.Delete(partial);
            throw new RetortException($"{address}", $"'{file.Name}' came with another content than the hub names.", $"hash {file.Hash}.",
                "run it again; if it stays so, do not use this file.");
        }
        File.Move(partial, path, overwrite: true);
    }

    private async Task ContinueAsync(Uri address, HubFile file, string partial, CancellationToken cancellation)
    {
        using var stream = OpenPartial(partial, file);
        if (stream.Length == file.Bytes) return;
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (stream.Length > 0) request.Headers.Range = new RangeHeaderValue(stream.Length, null);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        HubAnswers.Check(response, $"{address}");
        // a server that knows no ranges begins again
        if (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.From != stream.Length)
            stream.SetLength(0);
        stream.Position = stream.Length;
        using var content = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await CopyAsync(content, stream, file, $"{address}", cancellation).ConfigureAwait(false);
        if (stream.Length < file.Bytes) throw new IOException($"{stream.Length} of {file.Bytes} bytes came");
    }

    private async Task CopyAsync(Stream from, FileStream to, HubFile file, string address, CancellationToken cancellation)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            using var silence = new CancellationTokenSource(LongestSilence, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token);
            var read = await from.ReadAsync(buffer, either.Token).ConfigureAwait(false);
            if (read == 0) return;
            if (to.Length + read > file.Bytes)
            {
                to.SetLength(0); // it is not the file that was promised
                throw new RetortException(address, $"'{file.Name}' is longer than the hub names.", $"{file.Bytes} bytes.",
                    "run it again; if it stays so, do not use this file.");
            }
            try
            {
                await to.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            }
            catch (IOException error) when (DiskSpace.IsExhausted(error))
            {
                throw new RetortException(to.Name, "the disk is full.", $"{file.Bytes} bytes for '{file.Name}'.",
                    "free some space, or set HF_HOME to a folder on another disk.", error);
            }
        }
    }

    private static FileStream OpenPartial(string path, HubFile file)
    {
        try
        {
            var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, BufferBytes);
            if (stream.Length > file.Bytes) stream.SetLength(0);
            return stream;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RetortException(path, "cannot be written: " + error.Message, "a file that no other process fetches now.",
                "wait for the other process, or set HF_HOME to another folder.", error);
        }
    }

    private static bool IsInterruption(Exception error, CancellationToken cancellation) =>
        !cancellation.IsCancellationRequested && error is IOException or HttpRequestException or OperationCanceledException;

    private static async Task<bool> HasHashAsync(string path, HubFile file, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(file.Hash.Length == 64 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (file.Hash.Length != 64) // git: the kind and the length come first
            hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {file.Bytes}\0")));
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
        var buffer = new byte[BufferBytes];
        for (int read; (read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
            hash.AppendData(buffer.AsSpan(0, read));
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == file.Hash;
    }
}
