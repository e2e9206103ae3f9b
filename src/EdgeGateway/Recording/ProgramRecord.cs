using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Recording;

/// <summary>Puts on record, once a boot, which program is running: a hash over its files (docs/wire.md §4.2, <c>program</c>). Nothing waits for it.</summary>
/// <param name="folder">Where the program is.</param>
/// <param name="events">The way to the record.</param>
/// <param name="log">Log.</param>
internal sealed class ProgramRecord(string folder, EventQueue events, ILogger<ProgramRecord> log) : BackgroundService
{
    /// <summary>Everything beside it may be somebody else's.</summary>
    private const string Libraries = "runtimes";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var (hash, files, bytes) = await HashAsync(folder, stoppingToken).ConfigureAwait(false);
            await events.RecordAsync("program", string.Create(CultureInfo.InvariantCulture,
                $",\"files\":{files},\"bytes\":{bytes},\"sha\":\"{hash}\""), command: null, stoppingToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.ProgramUnreadable(folder, e.Message);
        }
        catch (Exception e) when (e is ChannelClosedException || (e is OperationCanceledException && stoppingToken.IsCancellationRequested))
        {
            // The gateway stops.
        }
    }

    /// <summary>SHA-256 over, for each file right in the folder and below <c>runtimes</c>, in ordinal order of its path with <c>/</c>: the path, a zero byte, its length (8 bytes, big-endian), its own SHA-256.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static async Task<(string Hash, int Files, long Bytes)> HashAsync(string folder, CancellationToken cancellationToken)
    {
        var paths = Directory.EnumerateFiles(folder).ToList();
        var libraries = Path.Combine(folder, Libraries);
        if (Directory.Exists(libraries)) paths.AddRange(Directory.EnumerateFiles(libraries, "*", SearchOption.AllDirectories));
        var named = paths.Select(path => (Name: Path.GetRelativePath(folder, path).Replace('\\', '/'), Path: path)).OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = 0L;
        foreach (var (name, path) in named)
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: true);
            await using (file.ConfigureAwait(false))
            {
                var own = await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false);
                all.AppendData(Encoding.UTF8.GetBytes(name));
                all.AppendData(Head(file.Length));
                all.AppendData(own);
                bytes += file.Length;
            }
        }
        return (Base64Url.EncodeToString(all.GetHashAndReset()), named.Count, bytes);
    }

    private static byte[] Head(long length)
    {
        var head = new byte[9];
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(1), length);
        return head;
    }
}
