using System.ComponentModel;
using System.Diagnostics;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.PlantSimulator;

/// <summary>A master written by others (libmodbus) reads the same values.</summary>
public sealed class MbpollTests
{
    [Fact]
    public async Task A_foreign_master_reads_what_we_declare()
    {
        await using var bench = await Bench.With(
            Bench.Holding("u", 0, PointType.UInt16, Waveform.Constant(0x1234)),
            Bench.Holding("i", 1, PointType.Int32, Waveform.Constant(-70_000)),
            Bench.Holding("f", 3, PointType.Float32, Waveform.Constant(12.5m), WordOrder.CDAB),
            new() { Name = "c", Area = PointArea.Coil, Address = 8, Type = PointType.Bool, Waveform = Waveform.Constant(1) });
        Assert.Contains("[0]: \t0x1234", await Mbpoll(bench, "-t", "4:hex", "-r", "0"), StringComparison.Ordinal);
        Assert.Contains("[1]: \t-70000", await Mbpoll(bench, "-t", "4:int", "-B", "-r", "1"), StringComparison.Ordinal);
        Assert.Contains("[3]: \t12.5", await Mbpoll(bench, "-t", "4:float", "-r", "3"), StringComparison.Ordinal);
        Assert.Contains("[8]: \t1", await Mbpoll(bench, "-t", "0", "-r", "8"), StringComparison.Ordinal);
        Assert.Contains("Illegal data address", await Mbpoll(bench, "-t", "4", "-r", "90"), StringComparison.Ordinal);
        Assert.Equal(0, bench.Plant.WriteRequests);
    }

    private static async Task<string> Mbpoll(Bench bench, params string[] what)
    {
        var start = new ProcessStartInfo("mbpoll") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] all = ["-m", "tcp", "-a", "1", "-0", "-1", "-p", $"{bench.Line.EndPoint.Port}", .. what, "127.0.0.1"];
        foreach (var argument in all) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!; // null only for shell documents
            using var patience = new CancellationTokenSource(Eventually.Patience, TimeProvider.System);
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return await output + await errors;
        }
        catch (Win32Exception e)
        {
            RealParts.Lacking($"mbpoll is not installed: {e.Message}");
            throw; // not reached
        }
    }
}
