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
        await Eventually.Is(() => mount.HasEnded, () => $"{mount}");
        if (!IsMounted(folder)) Assert.Skip($"this machine does not allow mounting a tmpfs: {mount.Errors}");
        return new TemporaryDisk(folder);
    }

    public async ValueTask DisposeAsync()
    {
        await using var unmount = RunningProgram.Start("umount", Path);
        await unmount.Ends(0);
    }

    private static bool IsMounted(string folder) => File.ReadLines("/proc/mounts").Any(line => line.Split(' ')[1] == folder);
}
