using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace EdgeGateway.Recording;

/// <summary>Where a state folder is: on which machine, and which folder of it. A copy of the folder takes the old place along and stands in another.</summary>
/// <param name="Machine">A hash of the machine's id, which itself is nobody's business; empty where it has none.</param>
/// <param name="Folder">What the file system made the folder with; empty where it does not say.</param>
internal sealed partial record StatePlace(string Machine, string Folder)
{
    /// <summary>In the state folder: the place it was in when it was last used.</summary>
    public const string FileName = "place";

    private const int LongestText = 1024;
    private const uint InodeAndBirth = 0x100 | 0x800; // STATX_INO, STATX_BTIME
    private const int HereIfRelative = -100; // AT_FDCWD

    /// <summary>The place a folder is in now.</summary>
    public static StatePlace Of(string folder) => new(ThisMachine(), FolderMark(folder));

    /// <summary>The place that is written down in a folder; null if none is.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static StatePlace? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        using var reader = new StreamReader(path, Encoding.ASCII);
        var text = new char[LongestText];
        var lines = new string(text, 0, reader.ReadBlock(text)).Split('\n');
        // What else it may hold was not written here, and says nothing about a place.
        return lines.Length == 3 ? new StatePlace(lines[0], lines[1]) : null;
    }

    /// <summary>Writes it down.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string folder)
    {
        var path = Path.Combine(folder, FileName);
        File.WriteAllText(path + ".new", $"{Machine}\n{Folder}\n", Encoding.ASCII);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static string ThisMachine()
    {
        var id = OperatingSystem.IsWindows()
            ? Microsoft.Win32.Registry.GetValue(@"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography", "MachineGuid", null) as string
            : File.Exists("/etc/machine-id") ? File.ReadAllText("/etc/machine-id").Trim() : null;
        return string.IsNullOrEmpty(id) ? "" : Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"EdgeGateway\0{id}")));
    }

    private static string FolderMark(string folder)
    {
        if (!OperatingSystem.IsLinux()) return Directory.GetCreationTimeUtc(folder).Ticks.ToString(System.Globalization.CultureInfo.InvariantCulture);
        // struct statx is the same everywhere: mask at 0, inode at 32, time of birth at 80 (seconds and nanoseconds).
        Span<byte> found = stackalloc byte[256];
        found.Clear();
        if (StatX(HereIfRelative, folder, 0, InodeAndBirth, ref MemoryMarshal.GetReference(found)) != 0) return "";
        var mask = MemoryMarshal.Read<uint>(found);
        var inode = MemoryMarshal.Read<ulong>(found[32..]);
        return (mask & InodeAndBirth) == InodeAndBirth ? $"{inode}-{MemoryMarshal.Read<long>(found[80..])}.{MemoryMarshal.Read<uint>(found[88..]):d9}" : $"{inode}";
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, ref byte found);
}
