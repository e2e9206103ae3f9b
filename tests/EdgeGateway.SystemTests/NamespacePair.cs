using System.Security.Cryptography;

namespace EdgeGateway.SystemTests;

/// <summary>
/// Two computers with a cable between them: network namespaces of this test, joined by a pair of virtual interfaces, which nothing else can reach. Packets can be
/// made to vanish on the way back, without a word to either end: no reset, no unreachable, and the link stays up.
/// </summary>
internal sealed class NamespacePair : IAsyncDisposable
{
    /// <summary>The near computer (addresses for documentation, RFC 5737).</summary>
    public const string NearAddress = "192.0.2.1";

    /// <summary>The far computer.</summary>
    public const string FarAddress = "192.0.2.2";

    private readonly string _near;
    private readonly string _far;

    private NamespacePair(string id) => (_near, _far) = ($"eg{id}n", $"eg{id}f");

    public static async Task<NamespacePair> Make()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "network namespaces need Linux and root");
        var ip = RealPart.Ip();
        var pair = new NamespacePair(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)));
        await using var first = RunningProgram.Start(ip, "netns", "add", pair._near);
        await first.Ends();
        if (first.Errors.Length > 0) RealParts.Lacking($"this machine does not allow network namespaces: {first.Errors}");
        try
        {
            await Ip("netns", "add", pair._far);
            await Ip("-n", pair._near, "link", "add", pair._near, "type", "veth", "peer", "name", pair._far, "netns", pair._far);
            foreach (var (name, address) in new[] { (pair._near, NearAddress), (pair._far, FarAddress) })
            {
                await Ip("-n", name, "address", "add", $"{address}/30", "dev", name);
                await Ip("-n", name, "link", "set", "lo", "up");
                await Ip("-n", name, "link", "set", name, "up");
            }
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>A program on the near computer.</summary>
    public RunningProgram Near(params IEnumerable<string> command) => RunningProgram.Start(RealPart.Ip(), ["netns", "exec", _near, .. command]);

    /// <summary>A program on the far computer.</summary>
    public RunningProgram Far(params IEnumerable<string> command) => RunningProgram.Start(RealPart.Ip(), ["netns", "exec", _far, .. command]);

    /// <summary>What the far computer sends is swallowed from now on; it hears what the near one sends.</summary>
    public Task Cut() => Ip("-n", _far, "route", "add", "blackhole", $"{NearAddress}/32");

    public Task Mend() => Ip("-n", _far, "route", "del", "blackhole", $"{NearAddress}/32");

    public async ValueTask DisposeAsync()
    {
        // The interfaces go with their namespaces.
        foreach (var name in new[] { _near, _far })
        {
            await using var end = RunningProgram.Start(RealPart.Ip(), "netns", "del", name);
            await end.Ends();
        }
    }

    private static async Task Ip(params string[] arguments)
    {
        await using var ip = RunningProgram.Start(RealPart.Ip(), arguments);
        await ip.Ends(0);
    }
}
