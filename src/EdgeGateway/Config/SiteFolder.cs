using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace EdgeGateway.Config;

/// <summary>
/// The files of a site folder: reads them once, within limits, and remembers what was read for the hash. Nothing here throws for bad input.
/// </summary>
internal sealed class SiteFolder
{
    /// <summary>The largest file.</summary>
    public const int MaxFileBytes = 16 << 20;

    /// <summary>The most bytes of all files together.</summary>
    public const long MaxTotalBytes = 64 << 20;

    /// <summary>The most files in <c>lines/</c>.</summary>
    public const int MaxLineFiles = 1000;

    private const int LongestPath = 1000;

    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly FaultList _faults;
    private long _totalBytes;

    private SiteFolder(string fullPath, FaultList faults)
    {
        FullPath = fullPath;
        _faults = faults;
    }

    public string FullPath { get; }

    /// <summary>The folder; null, and a fault, if there is none.</summary>
    public static SiteFolder? Open(string path, FaultList faults)
    {
        if (!string.IsNullOrWhiteSpace(path) && !path.Contains('\0') && Directory.Exists(path))
            return new SiteFolder(Path.GetFullPath(path), faults);
        faults.Add(".", 0, $"no folder {ConfigFault.Quote(path)}", "a site folder with site.yaml, lines/ and maps/", "correct --site");
        return null;
    }

    /// <summary>The full path of a file named in the configuration; null if it is no path.</summary>
    public string? FullPathOf(string path) =>
        path.Contains('\0') || path.Length > LongestPath ? null : Path.GetFullPath(Path.Combine(FullPath, path));

    /// <summary>True if the file is there.</summary>
    public bool Has(string path) => FullPathOf(path) is { } full && File.Exists(full);

    /// <summary>The names of the files right below a subfolder, in ordinal order; none if it cannot be listed, which is reported.</summary>
    public IReadOnlyList<string> List(string subfolder)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(FullPath, subfolder))
                .Select(path => Path.GetFileName(path))
                .Where(name => !name.StartsWith('.'))
                .Order(StringComparer.Ordinal)
                .ToList();
        }
        catch (DirectoryNotFoundException)
        {
            _faults.Add($"{subfolder}/", 0, "no such folder", $"the folder {subfolder} in the site folder", "create it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _faults.Add($"{subfolder}/", 0, "a folder that cannot be listed", "a readable folder", e.Message);
        }
        return [];
    }

    /// <summary>The text of a file, which from now on counts for the hash; null, and a fault, if it cannot be read.</summary>
    /// <param name="path">Relative, with <c>/</c>.</param>
    public string? ReadText(string path)
    {
        var bytes = ReadBytes(path);
        if (bytes is null) return null;
        _files[path] = bytes;
        return FileText.Decode(path, bytes, _faults);
    }

    /// <summary>
    /// base64url SHA-256 over, for each file read, in ordinal order of its path: the path, a zero byte, the length (8 bytes, big-endian),
    /// the bytes.
    /// </summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in Pieces()) hash.AppendData(piece);
        return Base64Url.EncodeToString(hash.GetHashAndReset());
    }

    /// <summary>The bytes that <see cref="Hash"/> is the hash of, gzip.</summary>
    public byte[] Packed()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            foreach (var piece in Pieces()) gzip.Write(piece);
        return packed.ToArray();
    }

    private IEnumerable<byte[]> Pieces()
    {
        foreach (var (path, bytes) in _files)
        {
            yield return Encoding.UTF8.GetBytes(path);
            var head = new byte[9];
            BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(1), bytes.Length);
            yield return head;
            yield return bytes;
        }
    }

    private byte[]? ReadBytes(string path)
    {
        try
        {
            using var file = new FileStream(Path.Combine(FullPath, path), FileMode.Open, FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            var chunk = new byte[64 << 10];
            for (int n; (n = file.Read(chunk)) > 0;)
            {
                bytes.Write(chunk, 0, n);
                _totalBytes += n;
                if (bytes.Length > MaxFileBytes || _totalBytes > MaxTotalBytes) return TooLarge(path);
            }
            return bytes.ToArray();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            _faults.Add(path, 0, "no such file", $"the file {path} in the site folder", "create it, or correct the name (capitals count)");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _faults.Add(path, 0, "a file that cannot be read", "a readable file", e.Message);
        }
        return null;
    }

    private byte[]? TooLarge(string path)
    {
        _faults.Add(path, 0, "too many bytes", $"at most {MaxFileBytes >> 20} MiB per file and {MaxTotalBytes >> 20} MiB in all",
            "split it, or check that it is the right file");
        return null;
    }
}
