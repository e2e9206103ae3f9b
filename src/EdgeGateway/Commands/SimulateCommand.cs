using System.CommandLine;
using System.Net.Sockets;

namespace EdgeGateway.Commands;

/// <summary><c>simulate</c>: serves a site's devices on the addresses the site names, as a plant to try things on.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var site = SiteOption.Create();
        var command = new Command("simulate", "Serve simulated devices on the addresses a site folder names, until stopped. For training and trials; loopback only.") { site };
        command.SetStoppableAction((parse, cancellationToken) => RunAsync(parse.GetValue(site)!, cancellationToken)); // has a default
        return command;
    }

    private static async Task<int> RunAsync(string folder, CancellationToken cancellationToken)
    {
        if (SiteOption.Load(folder) is not { } plant) return ExitCode.CannotStart;
        if (plant.Lines.FirstOrDefault(line => line.Connect.Scheme == "tcp" && !line.Connect.IsLoopback) is { } remote)
        {
            await Console.Error.WriteLineAsync($"line {remote.Name} is at {remote.Address}: simulated devices listen on loopback only. Point the line at 127.0.0.1 in a copy of the site folder").ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
        if (SimulatedSite.Refuse(plant, onFreePorts: false) is { } fault)
        {
            await Console.Error.WriteLineAsync(fault).ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
        await using var simulated = SimulatedSite.Of(plant, ledger: null, onFreePorts: false, TimeProvider.System);
        try
        {
            await simulated.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"the simulated plant cannot open a serial port: {e.Message}. A line's port must be a path where nothing is yet, in a folder this user may write to, such as serial:///tmp/meters").ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
        catch (SocketException e)
        {
            await Console.Error.WriteLineAsync($"the simulated plant cannot listen: {e.Message}. Another program has one of the ports {string.Join(", ", plant.Lines.Where(line => line.Connect.Scheme == "tcp").Select(line => line.Connect.Port))}; stop it or change 'connect' in the site's lines").ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
        foreach (var line in simulated.Lines)
            Console.WriteLine($"{line.Name} listens on {line.Address}: {string.Join(", ", line.Devices.Select(device => $"{device.Name} (unit {device.Unit})").Concat(line.Meters.Select(meter => meter.ToString())))}");
        Console.WriteLine("Ctrl-C stops.");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine($"stopped; {simulated.Devices.Sum(device => device.Answers) + simulated.Meters.Sum(meter => meter.Answers)} answers served, {simulated.WriteRequests} write requests seen");
        }
        return ExitCode.Clean;
    }
}
