using System.CommandLine;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EdgeGateway.Commands;

/// <summary><c>run</c>: the service itself, in the foreground, under systemd or as a Windows service.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var site = SiteOption.Create();
        var state = new Option<string?>("--state")
        {
            Description = "State folder for the store and the keys. Default: $STATE_DIRECTORY, or 'state' below the site folder.",
            HelpName = "FOLDER",
        };
        var command = new Command("run", "Run the gateway on a site folder until it is stopped (Ctrl-C, SIGTERM or the service manager).") { site, state };
        command.SetStoppableAction((parse, cancellationToken) => RunAsync(parse.GetValue(site)!, parse.GetValue(state), cancellationToken)); // site has a default
        return command;
    }

    private static async Task<int> RunAsync(string folder, string? stateFolder, CancellationToken cancellationToken)
    {
        if (SiteOption.Load(folder) is not { } plant) return ExitCode.CannotStart;
        var state = stateFolder ?? (Environment.GetEnvironmentVariable("STATE_DIRECTORY") is { Length: > 0 } given ? given : Path.Combine(folder, "state"));
        try
        {
            await using var gateway = GatewayHost.Create(plant, Path.GetFullPath(state), TimeProvider.System, builder =>
            {
                builder.Services.AddSystemd();
                builder.Services.AddWindowsService(options => options.ServiceName = "EdgeGateway");
            });
            return await gateway.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OutboxException or SigningKeyException)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
    }
}
