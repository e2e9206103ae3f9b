using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EdgeGateway.Timekeeping;

namespace EdgeGateway.Tests.Timekeeping;

public sealed class ClockSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_answer_of_chrony_gives_the_bound_of_its_manual()
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(1_795_485_100_000);
        var report = ChronySource.Parse("A29FC801,162.159.200.1,4,1795485075.500000000,-0.000104,0.000012,0.000034,-12.345,0.001,0.123,0.020000,0.001500,64.4,Normal\n", now);
        Assert.Equal(11.604, report!.ErrorMs!.Value, 6);
        Assert.Equal(TimeSpan.FromSeconds(24.5), report.Age);
        Assert.True(report.IsSynchronised);
    }

    [Fact]
    public void Chrony_without_a_server_is_not_synchronised()
    {
        var report = ChronySource.Parse("00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised\n", DateTimeOffset.UnixEpoch);
        Assert.Equal(new ClockReport(false, null, null), report);
    }

    [Theory]
    [InlineData("")]
    [InlineData("506 Cannot talk to daemon")]
    [InlineData("A,b,1,x,0,0,0,0,0,0,0,0,0,Normal")]
    [InlineData("A,b,1,1,NaN,0,0,0,0,0,0,0,0,Normal")]
    public void What_is_no_answer_of_chrony_is_none(string text) => Assert.Null(ChronySource.Parse(text, DateTimeOffset.UnixEpoch));

    [Theory]
    [InlineData("Leap Indicator", "Stratum", "Root Delay", "Root Dispersion", "Time since Last Good Sync Time", "0(no warning)")]
    [InlineData("Leap 指示符", "层次", "根延迟", "根分散", "自上次成功同步时间起的时间", "0(无警告)")]
    public void The_answer_of_w32tm_is_read_in_any_language(string leap, string stratum, string delay, string dispersion, string since, string none)
    {
        var text = $"""
            {leap}: {none}
            {stratum}: 4 (NTP)
            Precision: -23 (119.209ns per tick)
            {delay}: 0.0312500s
            {dispersion}: 0.0500000s
            ReferenceId: 0x0A000001 (source IP:  10.0.0.1)
            Last Successful Sync Time: 23/11/2026 10:11:12
            Source: 10.0.0.1
            Poll Interval: 10 (1024s)

            Phase Offset: 0.0001200s
            ClockRate: 0.0156250s
            State Machine: 2 (Sync)
            Time Source Flags: 0 (None)
            Server Role: 0 (None)
            Last Sync Error: 0 (OK)
            {since}: 312.5000000s
            """.ReplaceLineEndings("\r\n");
        var report = W32TimeSource.Parse(text);
        Assert.Equal(65.625, report!.ErrorMs!.Value, 6);
        Assert.Equal(TimeSpan.FromSeconds(312.5), report.Age);
    }

    [Fact]
    public void A_windows_clock_that_nobody_synchronises_is_not_synchronised()
    {
        var lines = new[] { "Leap Indicator: 3(not synchronized)", "Stratum: 0 (unspecified)", "Precision: -23 (x)", "Root Delay: 0.0000000s", "Root Dispersion: 0.0000000s", "ReferenceId: 0x0 (x)", "Last Successful Sync Time: unspecified", "Source: Free-running System Clock", "Poll Interval: 10 (1024s)" };
        Assert.Equal(new ClockReport(false, null, null), W32TimeSource.Parse(string.Join('\n', lines)));
        Assert.Null(W32TimeSource.Parse("The following error occurred: The service has not been started. (0x80070426)"));
    }

    [Fact]
    public void The_kernel_answers_on_linux()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "adjtimex is a call of Linux");
        Assert.InRange(KernelClock.Read()!.Value.MaxErrorMs, 0, 1e9);
    }

    [Fact]
    public async Task Without_timesyncd_there_is_no_answer_of_it() =>
        Assert.Null(await new TimesyncdSource(TimeProvider.System, _folder.Sub("none")).AskAsync(CancellationToken.None));

    [Fact]
    public async Task Timesyncd_that_has_not_touched_its_file_is_not_synchronised()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "timesyncd runs on Linux");
        Directory.CreateDirectory(_folder.Sub("timesync"));
        Assert.Equal(new ClockReport(false, null, null), await new TimesyncdSource(TimeProvider.System, _folder.Sub("timesync")).AskAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_command_that_is_not_there_or_fails_gives_no_answer()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the commands are those of Linux");
        Assert.Null(await SystemCommand.RunAsync(_folder.Sub("none"), [], TimeProvider.System, CancellationToken.None));
        Assert.Null(await SystemCommand.RunAsync("/bin/sh", ["-c", "echo x; exit 3"], TimeProvider.System, CancellationToken.None));
        Assert.Null(await SystemCommand.RunAsync("/bin/sh", ["-c", "yes"], TimeProvider.System, CancellationToken.None));
        Assert.Equal("x\n", await SystemCommand.RunAsync("/bin/sh", ["-c", "echo x"], TimeProvider.System, CancellationToken.None));
    }

    [Fact]
    public void Chrony_that_follows_its_own_clock_is_not_synchronised()
    {
        var report = ChronySource.Parse("7F7F0101,,10,1795485075.500000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,0.000000000,0.000000000,0.0,Normal\n", DateTimeOffset.UnixEpoch);
        Assert.Equal(new ClockReport(false, null, null), report);
    }

    /// <summary>Real daemons, which with -x leave the machine's clock alone: one that has nothing but its own clock, and one that follows it.</summary>
    [Fact]
    public async Task Real_chronyds_are_understood()
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/usr/bin"];
        var (daemon, chronyc) = (SystemCommand.Find("chronyd", folders), SystemCommand.Find("chronyc", folders));
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "chronyd needs root");
        if (daemon is null || chronyc is null) RealParts.Lacking("chronyd and chronyc are not installed (Debian package chrony)");
        var ntp = FreePort();
        using var leader = Start(daemon!, "leader", out var ofLeader, "local stratum 8", $"port {ntp}", "allow 127.0.0.1");
        using var follower = Start(daemon!, "follower", out var ofFollower, $"server 127.0.0.1 port {ntp} iburst minpoll 0", "port 0");
        try
        {
            var report = await Report(chronyc!, ofFollower, follower, report => report is { IsSynchronised: true });
            Assert.True(report is { IsSynchronised: true, ErrorMs: >= 0 }, $"{report}");
            Assert.Equal(new ClockReport(false, null, null), await Report(chronyc!, ofLeader, leader, report => report is not null));
        }
        finally
        {
            foreach (var running in new[] { follower, leader })
            {
                running.Kill(entireProcessTree: true);
                await running.WaitForExitAsync();
            }
        }
    }

    private Process Start(string daemon, string name, out int port, params string[] settings)
    {
        port = FreePort();
        var file = _folder.Sub($"{name}.conf");
        File.WriteAllLines(file, [.. settings, "bindaddress 127.0.0.1", $"cmdport {port}", "bindcmdaddress 127.0.0.1", $"pidfile {_folder.Sub($"{name}.pid")}", $"bindcmdaddress {_folder.Sub($"{name}.sock")}"]);
        return Process.Start(new ProcessStartInfo(daemon, ["-d", "-x", "-U", "-u", "root", "-f", file]) { RedirectStandardError = true, RedirectStandardOutput = true })!; // null only for shell documents
    }

    private static async Task<ClockReport?> Report(string chronyc, int port, Process running, Func<ClockReport?, bool> isThere)
    {
        var source = new ChronySource(chronyc, ["-h", "127.0.0.1", "-p", $"{port}"], TimeProvider.System);
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var report = await source.AskAsync(CancellationToken.None);
            if (isThere(report) || running.HasExited || TimeProvider.System.GetElapsedTime(begun) > Eventually.Patience) return report;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
