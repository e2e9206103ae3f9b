using System.Globalization;

namespace EdgeGateway.Drivers.Links;

/// <summary>Who has a device file open, as far as this user may see (/proc).</summary>
internal static class PortHolder
{
    /// <summary>Name and number of another program that has the file open; null if none can be seen.</summary>
    public static string? Of(string path)
    {
        var real = RealPath(path);
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) continue;
            if (!HasOpen(process, real)) continue;
            return number == Environment.ProcessId ? "another line of this program" : $"{NameOf(process)} (process {number})";
        }
        return null;
    }

    private static bool HasOpen(string process, string real)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")).Any(file => new FileInfo(file).LinkTarget == real);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Ended meanwhile, or another user's: not to be seen.
            return false;
        }
    }

    private static string NameOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "a program";
        }
    }

    private static string RealPath(string path)
    {
        try
        {
            return new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return path; // pulled out meanwhile
        }
    }
}
