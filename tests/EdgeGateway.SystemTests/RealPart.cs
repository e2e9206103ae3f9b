namespace EdgeGateway.SystemTests;

/// <summary>Programs made by others that some tests need: found, or the test is skipped with the reason; where they are demanded, it fails.</summary>
internal static class RealPart
{
    public static string Mosquitto() => Find("mosquitto", "Debian package mosquitto");

    /// <summary>A PKCS#11 token in software: the program that makes tokens, and the module.</summary>
    public static (string Tool, string Module) SoftHsm()
    {
        var tool = Find("softhsm2-util", "Debian package softhsm2");
        var modules = new[] { "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so" };
        if (modules.FirstOrDefault(File.Exists) is not { } module) RealParts.Lacking("libsofthsm2.so is in none of the usual places (Debian package softhsm2)");
        else return (tool, module);
        throw new InvalidOperationException("Lacking does not return");
    }

    /// <summary>OpenSSL, as a second opinion on signatures and certificates.</summary>
    public static string OpenSsl() => Find("openssl", "Debian package openssl");

    public static string Ip() => Find("ip", "Debian package iproute2");

    public static string Socat() => Find("socat", "Debian package socat");

    /// <summary>A Python that has the second verifier's only dependency: the system's own.</summary>
    public static async Task<string> Python()
    {
        var python = Find("/usr/bin/python3", "Debian package python3-cryptography");
        await using var probe = RunningProgram.Start(python, "-c", "import cryptography; print('there')");
        await probe.Ends();
        if (probe.Times("there") == 0) RealParts.Lacking("no module cryptography for /usr/bin/python3 (Debian package python3-cryptography)");
        return python;
    }

    private static string Find(string program, string from)
    {
        if (Path.IsPathRooted(program) && File.Exists(program)) return program;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Append("/usr/local/sbin");
        var found = folders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        if (found is null) RealParts.Lacking($"{program} is not installed ({from})");
        return found!; // Lacking does not return
    }
}
