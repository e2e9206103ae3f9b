using System.CommandLine;
using EdgeGateway.Commands.Ua;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Inspection;
using EdgeGateway.Drivers.OpcUa.Polling;

namespace EdgeGateway.Commands;

/// <summary><c>opcua inspect</c>: how a server is set up, what this gateway makes of it, and what will cost somebody time.</summary>
internal static class OpcUaCommand
{
    public static Command Create()
    {
        var asJson = new Option<bool>("--json") { Description = "The report for programs." };
        var inspect = new Command("inspect", "Report endpoints, certificate, state, clock, limits and capabilities of a server, with warnings and what to do. Only reads. Exit 0: no warning, 1: warnings, 2: could not ask.");
        var target = new UaOptions(inspect);
        inspect.Options.Add(asJson);
        inspect.SetStoppableAction(async (parse, cancellationToken) =>
            target.Read(parse, Console.Error.WriteLine) is { } server ? await InspectAsync(server, parse.GetValue(asJson), cancellationToken).ConfigureAwait(false) : ExitCode.CannotStart);
        return new Command("opcua", "Look at OPC UA servers.") { inspect };
    }

    private static async Task<int> InspectAsync(UaTarget target, bool asJson, CancellationToken cancellationToken)
    {
        try
        {
            var report = await new ServerInspection(target.ToSettings(TimeProvider.System), TimeProvider.System).RunAsync(cancellationToken).ConfigureAwait(false);
            var warnings = Warnings.Of(report);
            if (asJson) await Console.Out.WriteLineAsync(ReportJson.Of(report, warnings)).ConfigureAwait(false);
            else
            {
                new ReportText(Console.Out).Write(report, warnings);
                if (report.Certificate is { Trouble.Status: var status } certificate && status.Code == StatusCodes.BadCertificateUntrusted)
                    await Console.Out.WriteLineAsync($"\nIf the server itself shows the same SHA-256 fingerprint, trust it and ask again:\n  EdgeGateway trust accept {certificate.Shown.Thumbprint[..12]} --state {target.StateFolder}").ConfigureAwait(false);
            }
            return warnings.Count == 0 ? ExitCode.Clean : ExitCode.Found;
        }
        catch (OpcUaException e)
        {
            await Console.Error.WriteLineAsync(ServerTrouble.Explain(target.Connect, null, e)).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"{target.Connect.OriginalString}: the connection broke: {e.Message}").ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("stopped").ConfigureAwait(false);
        }
        return ExitCode.CannotStart;
    }
}
