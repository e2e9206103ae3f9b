using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Polling;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Commands.Ua;

/// <summary>A session for one command, and why there is none, in words for whoever typed it.</summary>
internal static class UaAsking
{
    /// <summary>Opens a session, does something in it, and closes it.</summary>
    /// <returns>What <paramref name="act"/> returned; <see cref="ExitCode.CannotStart"/> after the reason was told.</returns>
    public static async Task<int> RunAsync(UaTarget target, TimeProvider time, TextWriter errors, Func<Session, Task<int>> act, CancellationToken cancellationToken)
    {
        UserIdentity? user = null;
        try
        {
            var settings = target.ToSettings(time);
            user = settings.User;
            try
            {
                var session = await Session.OpenAsync(settings, time, cancellationToken).ConfigureAwait(false);
                await using var closing = session.ConfigureAwait(false);
                return await act(session).ConfigureAwait(false);
            }
            catch (OpcUaException e) when (e.Status.Code == StatusCodes.BadCertificateUntrusted && settings.Own is not null)
            {
                if (!await TryShowAsync(target, settings, time, errors, cancellationToken).ConfigureAwait(false)) await errors.WriteLineAsync(ServerTrouble.Explain(target.Connect, user, e)).ConfigureAwait(false);
                return ExitCode.CannotStart;
            }
        }
        catch (OpcUaException e)
        {
            await errors.WriteLineAsync(ServerTrouble.Explain(target.Connect, user, e)).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            await errors.WriteLineAsync($"{target.Connect.OriginalString}: the connection broke: {e.Message}").ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await errors.WriteLineAsync("stopped").ConfigureAwait(false);
        }
        return ExitCode.CannotStart;
    }

    // Our side refused theirs, or theirs refused ours: which of the two, and what to do there.
    private static async Task<bool> TryShowAsync(UaTarget target, ClientSettings settings, TimeProvider time, TextWriter errors, CancellationToken cancellationToken)
    {
        var offered = await SelectedEndpoint.OfferedAsync(settings, time, cancellationToken).ConfigureAwait(false);
        var shown = settings.Endpoint.Choose(offered).ServerCertificate;
        if (shown.Length == 0) return false;
        using var certificate = X509CertificateLoader.LoadCertificate(shown.Span);
        var known = settings.Trust.List();
        try
        {
            if (known.FirstOrDefault(one => one.Place == StoredCertificate.Rejected && one.Thumbprint == certificate.Thumbprint) is not { } rejected) return false;
            await errors.WriteLineAsync($"{target.Connect.OriginalString}: nobody has accepted the certificate of this server yet:\n").ConfigureAwait(false);
            CertificateText.Write(rejected, errors);
            await errors.WriteLineAsync($"\nIf the server itself shows the same SHA-256 fingerprint, trust it and ask again:\n  EdgeGateway trust accept {rejected.Thumbprint[..12]} --state {target.StateFolder}").ConfigureAwait(false);
            if (target.Gateway == UaTarget.Nobody)
                await errors.WriteLineAsync("(There is no site.yaml in the site folder: this trust is for such questions only, not for a gateway's line. --site names the folder of one.)").ConfigureAwait(false);
            return true;
        }
        finally
        {
            foreach (var one in known) one.Dispose();
        }
    }
}
