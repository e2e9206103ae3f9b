using System.CommandLine;
using EdgeGateway.Commands.Ua;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Polling;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Commands;

/// <summary><c>trust own</c>: this gateway's own certificate for OPC UA servers, and its successor. The old one stays in use until every server takes the new one.</summary>
internal static class TrustOwnCommand
{
    public static Command Create() => new("own", "Look at this gateway's own certificate for OPC UA servers, and renew it without an hour in which a server refuses it.") { Show(), Renew(), Export(), Use() };

    private static Option<string> State() => new("--state") { Description = "State folder of the gateway.", DefaultValueFactory = _ => Path.Combine("config", "state"), HelpName = "FOLDER" };

    private static Command Show()
    {
        var state = State();
        var command = new Command("show", "Print the certificate in use, the next one and the one before. Exit 1 if the one in use ends within a month.") { state };
        command.SetAction(parse => Said(() =>
        {
            var own = Of(parse.GetValue(state)!); // has a default
            var isEnding = true;
            foreach (var (files, place) in new[] { (own.Current, "in use"), (own.Next, "next"), (own.Previous, "before") })
            {
                if (OwnCertificates.Show(files, place) is not { } one) continue;
                using (one)
                {
                    CertificateText.Write(one, Console.Out);
                    Console.WriteLine();
                    if (place == "in use") isEnding = CertificateText.Expiry(one).Length > 0;
                    if (place == "next") Console.WriteLine("The next one is not used yet. trust own export --next FILE, have every server trust it, then trust own use.");
                }
            }
            if (File.Exists(own.Current.Certificate)) return isEnding ? ExitCode.Found : ExitCode.Clean;
            Console.Error.WriteLine(Missing(own));
            return ExitCode.CannotStart;
        }));
        return command;
    }

    private static Command Renew()
    {
        var state = State();
        var command = new Command("renew", "Make the next certificate with a new key. The one in use stays in use until trust own use.") { state };
        command.SetAction(parse => Said(() =>
        {
            var own = Of(parse.GetValue(state)!); // has a default
            own.Renew(TimeProvider.System);
            using var next = OwnCertificates.Show(own.Next, "next")!; // just made
            CertificateText.Write(next, Console.Out);
            Console.WriteLine($"\nGive {own.Next.Certificate} to whoever runs the servers (trust own export --next FILE.der for those that want DER), then: EdgeGateway trust own use");
            return ExitCode.Clean;
        }));
        return command;
    }

    private static Command Export()
    {
        var state = State();
        var file = new Argument<string>("FILE") { Description = "File to write: PEM if its name ends in .pem or .crt, else DER. The key is never written." };
        var isNext = new Option<bool>("--next") { Description = "The next certificate instead of the one in use." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file if it is there." };
        var command = new Command("export", "Write the certificate, without its key, for a server's list of trusted clients.") { file, isNext, overwrite, state };
        command.SetAction(parse => Said(() =>
        {
            var own = Of(parse.GetValue(state)!); // has a default
            var files = parse.GetValue(isNext) ? own.Next : own.Current;
            if (OwnCertificates.Show(files, "") is not { } one)
            {
                Console.Error.WriteLine(parse.GetValue(isNext) ? $"{files.Certificate} is not there: trust own renew makes it" : Missing(own));
                return ExitCode.CannotStart;
            }
            using (one)
            {
                var path = parse.GetRequiredValue(file);
                if (File.Exists(path) && !parse.GetValue(overwrite))
                {
                    Console.Error.WriteLine($"{path} is there already; name another file, or add --overwrite");
                    return ExitCode.CannotStart;
                }
                var isPem = Path.GetExtension(path).ToUpperInvariant() is ".PEM" or ".CRT";
                WholeFile.Write(path, parse.GetValue(overwrite), stream => stream.Write(isPem ? System.Text.Encoding.ASCII.GetBytes(one.Certificate.ExportCertificatePem()) : one.Certificate.RawData));
                Console.WriteLine($"{path}: {one.Subject}, SHA-256 {one.Fingerprint}");
                return ExitCode.Clean;
            }
        }));
        return command;
    }

    private static Command Use()
    {
        var site = SiteOption.Create();
        var state = new Option<string?>("--state") { Description = "State folder of the gateway. Default: 'state' below the site folder.", HelpName = "FOLDER" };
        var command = new Command("use", "Try the next certificate at the server of every OPC UA line; only if each takes it, put it to use. Exit 0: in use, 1: a server does not take it and nothing was changed, 2: could not ask.") { site, state };
        command.SetStoppableAction(async (parse, cancellationToken) =>
        {
            if (SiteOption.Load(parse.GetValue(site)!) is not { } plant) return ExitCode.CannotStart; // has a default
            var folder = Path.GetFullPath(parse.GetValue(state) ?? Path.Combine(parse.GetValue(site)!, "state"));
            var targets = plant.Lines.Where(line => line.Protocol is OpcUaType).Select(line => (line.Name, new UaTarget(line.Connect, line.Settings as OpcUaLine ?? new OpcUaLine(), null, $"{plant.Site}/{plant.Gateway}", folder))).ToList();
            return await UseAsync(targets, Of(folder), TimeProvider.System, Console.Out, Console.Error, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Tries the next certificate everywhere, and puts it to use if it is taken everywhere.</summary>
    public static async Task<int> UseAsync(
        IReadOnlyList<(string Line, UaTarget Target)> targets, OwnCertificates own, TimeProvider time, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        try
        {
            using var next = OwnCertificates.Load(own.Next);
            var refused = 0;
            foreach (var (line, target) in targets.Where(each => each.Target.Line.Endpoint.Policy is not { IsNone: true }))
            {
                if (await WhyRefusedAsync(target, next, time, cancellationToken).ConfigureAwait(false) is { } why)
                {
                    refused++;
                    await errors.WriteLineAsync($"line {line}: {why}").ConfigureAwait(false);
                }
                else await output.WriteLineAsync($"line {line}: {target.Connect.OriginalString} takes the next certificate").ConfigureAwait(false);
            }
            if (refused > 0)
            {
                await errors.WriteLineAsync($"{refused} of the servers do not take the next certificate {next.Thumbprint}: the old one stays in use, nothing was changed. Have them trust it, and ask again").ConfigureAwait(false);
                return ExitCode.Found;
            }
            own.Switch();
            await output.WriteLineAsync($"{next.Thumbprint} is in use, from the next start of the gateway on. The one before is kept in {Path.GetDirectoryName(Path.GetDirectoryName(own.Previous.Certificate))}").ConfigureAwait(false);
            return ExitCode.Clean;
        }
        catch (OpcUaException e)
        {
            await errors.WriteLineAsync(e.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await errors.WriteLineAsync("stopped; nothing was changed").ConfigureAwait(false);
        }
        return ExitCode.CannotStart;
    }

    private static async Task<string?> WhyRefusedAsync(UaTarget target, System.Security.Cryptography.X509Certificates.X509Certificate2 next, TimeProvider time, CancellationToken cancellationToken)
    {
        UserIdentity? user = null;
        try
        {
            var settings = target.ToSettings(time) with { Own = next };
            user = settings.User;
            var session = await Session.OpenAsync(settings, time, cancellationToken).ConfigureAwait(false);
            await session.DisposeAsync().ConfigureAwait(false);
            return null;
        }
        catch (OpcUaException e)
        {
            return ServerTrouble.Explain(target.Connect, user, e);
        }
    }

    private static OwnCertificates Of(string stateFolder) => new(Path.GetFullPath(LineClient.PkiOf(stateFolder)));

    private static string Missing(OwnCertificates own) => $"{own.Current.Certificate} is not there: a gateway makes it when an OPC UA line needs it first; is --state the folder it runs with?";

    private static int Said(Func<int> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is OpcUaException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.CannotStart;
        }
    }
}
