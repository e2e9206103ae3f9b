namespace EdgeGateway.SystemTests;

/// <summary>A small disk in memory, mounted for one test where the machine allows that.</summary>
internal sealed class TemporaryDisk : IAsyncDisposable
{
    private TemporaryDisk(string path) => Path = path;

    public string Path { get; }

    public static async Task<TemporaryDisk> Mounted(string folder, string options)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "mounting a tmpfs needs Linux and root");
        Directory.CreateDirectory(folder);
        await using var mount = RunningProgram.Start("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder);
        await mount.Ends();
        if (!IsMounted(folder)) Assert.Skip($"this machine does not allow mounting a tmpfs: {mount.Errors}");
        return new TemporaryDisk(folder);
    }

    /// <summary>Writes until nothing more fits.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true) ballast.Write(block);
        }
        catch (IOException)
        {
            // Full: what was wanted.
        }
    }

    /// <summary>Makes the room again that <see cref="Fill"/> took.</summary>
    public void Free() => File.Delete(Ballast);

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    public async ValueTask DisposeAsync()
    {
        await using var unmount = RunningProgram.Start("umount", Path);
        await unmount.Ends(0);
    }

    private static bool IsMounted(string folder) => File.ReadLines("/proc/mounts").Any(line => line.Split(' ')[1] == folder);
}
