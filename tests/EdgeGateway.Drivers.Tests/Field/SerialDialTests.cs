using System.Globalization;
using EdgeGateway.Drivers.Links;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.Field;

/// <summary>A serial port as this system has it: pseudo-terminals, which behave as ports do but for their speed.</summary>
public sealed class SerialDialTests
{
    [Theory]
    [InlineData(FieldTransport.RtuOverPort), InlineData(FieldTransport.RtuByPorts)]
    public async Task An_adapter_that_is_pulled_out_is_named_and_comes_back(FieldTransport transport)
    {
        OnLinux();
        await using var bench = FieldBench.On(transport);
        Assert.True(await bench.Poll());

        bench.Line.Fault = LineFault.RefuseConnections;
        Assert.False(await bench.Poll());
        Assert.Contains("has gone: its adapter was pulled out", bench.Trouble, StringComparison.Ordinal);
        Assert.False(await bench.Poll());
        Assert.Contains("is not there: its adapter is not plugged in", bench.Trouble, StringComparison.Ordinal);

        bench.Line.Fault = LineFault.None;
        Assert.True(await bench.Poll());
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task A_reader_that_waits_hears_of_the_unplugging_at_once(bool byPorts)
    {
        OnLinux();
        var terminal = new PseudoTerminal();
        await using var link = await Dial(terminal.Path, byPorts);
        var reading = link.ReadAsync(new byte[16], CancellationToken.None).AsTask();

        await terminal.DisposeAsync();

        var failure = await Assert.ThrowsAsync<IOException>(() => reading);
        Assert.Contains("has gone", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task A_port_is_taken_for_one_line_alone_and_free_again_afterwards(bool byPorts)
    {
        OnLinux();
        await using var terminal = new PseudoTerminal();
        await using (await Dial(terminal.Path, byPorts))
        {
            var refused = await Assert.ThrowsAsync<LineDownException>(() => Dial(terminal.Path, byPorts));
            Assert.Equal($"{terminal.Path} is in use by another line of this program: stop it, or give this line a port of its own", refused.Message);
        }
        await using var again = await Dial(terminal.Path, byPorts);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task What_is_no_port_is_named(bool byPorts)
    {
        OnLinux();
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "", CancellationToken.None);

        Assert.Equal($"{file} is no serial port", (await Assert.ThrowsAsync<LineDownException>(() => Dial(file, byPorts))).Message);
    }

    [Fact]
    public async Task A_port_that_cannot_switch_the_direction_of_RS_485_is_named()
    {
        OnLinux();
        await using var terminal = new PseudoTerminal(); // which cannot
        var dial = new SerialDial(Address(terminal.Path) with { IsRs485 = true }, TimeProvider.System);

        var refused = await Assert.ThrowsAsync<LineDownException>(() => dial.DialAsync(CancellationToken.None).AsTask());

        Assert.StartsWith($"{terminal.Path} cannot switch the direction of RS-485 itself", refused.Message, StringComparison.Ordinal);
        Assert.Contains("remove rs485 from connect", refused.Message, StringComparison.Ordinal);
        await using var free = await Dial(terminal.Path);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task An_adapter_that_comes_back_under_another_number_is_found_by_its_lasting_name(bool byPorts)
    {
        OnLinux();
        using var folder = new TemporaryFolder();
        var byId = Path.Combine(folder.Path, "usb-adapter");
        var before = new PseudoTerminal();
        File.CreateSymbolicLink(byId, before.Path);
        await using (await Dial(byId, byPorts))
        {
            await before.DisposeAsync();
            File.Delete(byId);
        }
        Assert.Contains("is not there", (await Assert.ThrowsAsync<LineDownException>(() => Dial(byId, byPorts))).Message, StringComparison.Ordinal);

        await using var after = new PseudoTerminal();
        File.CreateSymbolicLink(byId, after.Path);
        await using var link = await Dial(byId, byPorts);
        await after.WriteAsync((byte[])[7], CancellationToken.None);
        Assert.Equal([7], await Read(link, 1));
    }

    [Fact]
    public void A_missing_right_names_the_group()
    {
        const int noRight = 13; // EACCES; root, as whom tests may run, never gets it
        var refused = SerialPortFile.Refused(Address("/dev/ttyS7"), noRight);

        Assert.StartsWith($"/dev/ttyS7 may not be opened by user {Environment.UserName}: add the user to the group", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Every_byte_passes_as_it_is(bool byPorts)
    {
        OnLinux();
        await using var terminal = new PseudoTerminal();
        await using var link = await Dial(terminal.Path, byPorts);
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

        await link.WriteAsync(all, CancellationToken.None);
        Assert.Equal(all, await Read(terminal, all.Length));
        await terminal.WriteAsync(all, CancellationToken.None);
        Assert.Equal(all, await Read(link, all.Length));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task A_wait_that_is_given_up_loses_no_byte(bool byPorts)
    {
        OnLinux();
        await using var terminal = new PseudoTerminal();
        await using var link = await Dial(terminal.Path, byPorts);
        using (var patience = new CancellationTokenSource())
        {
            var waiting = link.ReadAsync(new byte[16], patience.Token).AsTask();
            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        await terminal.WriteAsync((byte[])[1, 2, 3], CancellationToken.None);
        await Eventually.Is(() => LineInput.IsWaiting(link), "the bytes have come");
        Assert.Equal([1, 2, 3], await Read(link, 3));
    }

    [Fact]
    public async Task Waiting_for_a_silent_device_wakes_nobody()
    {
        OnLinux();
        await using var terminal = new PseudoTerminal();
        await using var link = await Dial(terminal.Path);
        using var patience = new CancellationTokenSource(FieldBench.Patience, TimeProvider.System);
        var before = Wakes(terminal.Path);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => link.ReadAsync(new byte[16], patience.Token).AsTask());

        // Once to begin and once to end; a loop of a millisecond, as other transports have it, would wake 250 times.
        Assert.InRange(Wakes(terminal.Path) - before, 0, 10);
    }

    [Theory]
    [InlineData("serial:///dev/ttyUSB0", 9600, 8, 'N', 1)]
    [InlineData("serial:///dev/ttyUSB0?baud=2400&format=8E1", 2400, 8, 'E', 1)]
    [InlineData("serial:///dev/serial/by-id/usb-1?format=7o2&baud=115200", 115200, 7, 'O', 2)]
    public void An_address_says_speed_and_format(string connect, int baud, int dataBits, char parity, int stopBits)
    {
        var address = SerialAddress.Parse(new Uri(connect), out _);

        Assert.NotNull(address);
        Assert.Equal((baud, dataBits, parity, stopBits), (address.Baud, address.DataBits, address.Parity, address.StopBits));
    }

    [Theory]
    [InlineData("serial:///dev/ttyUSB0?baud=9601", "baud one of 300")]
    [InlineData("serial:///dev/ttyUSB0?format=9N1", "format as 8N1")]
    [InlineData("serial:///dev/ttyUSB0?format=8N1&format=8N1", "format once")]
    [InlineData("serial:///dev/ttyUSB0?bauds=9600", "only baud, format, dtr, rts, rs485 and transport")]
    [InlineData("serial:///dev/ttyUSB0?dtr=yes", "dtr on or off")]
    [InlineData("serial:///dev/ttyUSB0?rs485=yes", "rs485=on")]
    [InlineData("serial:///dev/ttyUSB0?transport=usb", "transport=ports")]
    [InlineData("serial:///dev/ttyUSB0?rs485=on&transport=ports", "rs485=on without transport=ports")]
    [InlineData("serial://ttyUSB0", "serial:///dev/ttyUSB0?baud=9600&format=8N1")]
    [InlineData("serial:///", "serial:///dev/ttyUSB0?baud=9600&format=8N1")]
    public void A_wrong_address_is_told_what_would_be_right(string connect, string expected)
    {
        Assert.Null(SerialAddress.Parse(new Uri(connect), out var told));
        Assert.Contains(expected, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1200, 32.08)]
    [InlineData(9600, 4.01)]
    [InlineData(19200, 2.01)]
    [InlineData(38400, 1.75)]
    public void The_silence_between_frames_is_that_of_the_standard(int baud, double milliseconds) =>
        Assert.Equal(milliseconds, (Address("/dev/ttyS0") with { Baud = baud }).FrameSilence.TotalMilliseconds, 0.01);

    private static SerialAddress Address(string path) => new(path, 115200, 8, 'N', 1, null, null);

    private static async Task<Stream> Dial(string path, bool byPorts = false) =>
        await new SerialDial(Address(path) with { IsByPorts = byPorts }, TimeProvider.System).DialAsync(CancellationToken.None);

    private static async Task<byte[]> Read(Stream stream, int count)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience, TimeProvider.System);
        var bytes = new List<byte>();
        var buffer = new byte[1024];
        while (bytes.Count < count)
        {
            var read = await stream.ReadAsync(buffer, patience.Token);
            Assert.True(read > 0, $"the stream ended after {bytes.Count} of {count} bytes");
            bytes.AddRange(buffer.AsSpan(0, read));
        }
        return [.. bytes];
    }

    /// <summary>How often the thread of this port has gone to sleep, and therefore been woken, so far.</summary>
    private static long Wakes(string path)
    {
        var threads = Directory.EnumerateDirectories("/proc/self/task").Where(thread => File.ReadAllText($"{thread}/comm").Trim() == path);
        return threads.Sum(thread => File.ReadLines($"{thread}/status").Where(line => line.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(':')[1], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture)));
    }

    private static void OnLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "serial ports are driven on Linux only");
}
