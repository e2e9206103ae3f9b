namespace EdgeGateway.SystemTests;

/// <summary>Programs made by others that some tests need: found, or the test is skipped with the reason; where they are demanded, it fails.</summary>
internal static class RealPart
{
    public static string Mosquitto() => Find("mosquitto", "Debian package mosquitto");

    public static string Ip() => Find("ip", "Debian package iproute2");

    public static string Socat() => Find("socat", "Debian package socat");

    /// <summary>A Python that has the second verifier's only dependency: the system's own.</summary>
    public static async Task<string> Python()
    {
        var python = Find("/usr/bin/python3", "Debian package python3-cryptography");
        await using var probe = RunningProgram.Start(python, "-c", "import cryptography; print('there')");
        await Eventually.Is(() => probe.HasEnded, () => $"{probe}");
        if (probe.Times("there") == 0) Lacking("no module cryptography for /usr/bin/python3 (Debian package python3-cryptography)");
        return python;
    }

    /// <summary>Skips the test, or fails it where real parts are demanded.</summary>
    public static void Lacking(string reason)
    {
        if (Environment.GetEnvironmentVariable("EDGEGATEWAY_REQUIRE_REAL_PARTS") == "1") Assert.Fail(reason);
        Assert.Skip(reason);
    }

    private static string Find(string program, string from)
    {
        if (Path.IsPathRooted(program) && File.Exists(program)) return program;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Append("/usr/local/sbin");
        var found = folders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        if (found is null) Lacking($"{program} is not installed ({from})");
        return found!; // Lacking does not return
    }
}
