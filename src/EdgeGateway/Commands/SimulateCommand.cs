using System.CommandLine;
using System.Net.Sockets;

namespace EdgeGateway.Commands;

/// <summary><c>simulate</c>: serves a site's devices on the addresses the site names, as a plant to try things on.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var site = SiteOption.Create();
        var certificates = new Option<string?>("--certificates") { Description = "Folder where simulated OPC UA servers keep their certificates. Default: new ones at each start, which must be trusted anew.", HelpName = "FOLDER" };
        var command = new Command("simulate", "Serve simulated devices on the addresses a site folder names, until stopped. For training and trials; loopback only.") { site, certificates };
        command.SetStoppableAction((parse, cancellationToken) => RunAsync(parse.GetValue(site)!, parse.GetValue(certificates), cancellationToken)); // has a default
        return command;
    }

    private static async Task<int> RunAsync(string folder, string? certificates, CancellationToken cancellationToken)
    {
        if (SiteOption.Load(folder) is not { } plant) return ExitCode.CannotStart;
        if (plant.Lines.FirstOrDefault(line => line.Connect.Scheme is "tcp" or "opc.tcp" && !line.Connect.IsLoopback) is { } remote)
        {
            await Console.Error.WriteLineAsync($"line {remote.Name} is at {remote.Address}: simulated devices listen on loopback only. Point the line at 127.0.0.1 in a copy of the site folder").ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
        if (SimulatedSite.Refuse(plant, onFreePorts: false) is { } fault)
        {
            await Console.Error.WriteLineAsync(fault).ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
        await using var simulated = SimulatedSite.Of(plant, ledger: null, onFreePorts: false, TimeProvider.System, certificates);
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
            await Console.Error.WriteLineAsync($"the simulated plant cannot listen: {e.Message}. Another program has one of the ports {string.Join(", ", plant.Lines.Where(line => line.Connect.Scheme is "tcp" or "opc.tcp").Select(line => line.Connect.Port))}; stop it or change 'connect' in the site's lines").ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
        foreach (var line in simulated.Lines)
            Console.WriteLine($"{line.Name} listens on {line.Address}: {string.Join(", ", line.Devices.Select(device => $"{device.Name} (unit {device.Unit})").Concat(line.Meters.Select(meter => meter.ToString())).Concat(line.Server?.Devices.Select(device => device.Name) ?? []))}");
        foreach (var server in simulated.Servers.Where(server => !server.Settings.HasNone)) Console.WriteLine($"{server.Name} has the certificate with the SHA-256 fingerprint {server.Fingerprint}: compare it before you trust it");
        Console.WriteLine("Ctrl-C stops.");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine($"stopped; {simulated.Devices.Sum(device => device.Answers) + simulated.Meters.Sum(meter => meter.Answers) + simulated.Servers.SelectMany(server => server.Devices).Sum(device => device.Answers)} answers served, {simulated.WriteRequests} write requests seen");
        }
        return ExitCode.Clean;
    }
}
