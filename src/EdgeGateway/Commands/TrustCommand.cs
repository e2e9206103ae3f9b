using System.CommandLine;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Security;

namespace EdgeGateway.Commands;

/// <summary><c>trust</c>: which OPC UA servers this gateway believes. A server nobody has accepted is refused and waits among the rejected ones.</summary>
internal static class TrustCommand
{
    private const int FewestDigits = 4;

    public static Command Create()
    {
        var state = new Option<string>("--state") { Description = "State folder of the gateway.", DefaultValueFactory = _ => Path.Combine("config", "state"), HelpName = "FOLDER" };
        var list = new Command("list", "List the certificates of OPC UA servers, and this gateway's own. Exit 1 if one waits to be accepted.") { state };
        list.SetAction(parse => WithStore(parse.GetValue(state)!, List)); // has a default
        return new Command("trust", "Decide which OPC UA servers this gateway trusts.")
        {
            list,
            Of("show", "Print everything about one certificate, to be compared with what the server itself shows.", state, Show),
            Of("accept", "Trust a server whose certificate was rejected: from its next attempt on the gateway connects.", state, Accept),
            Of("revoke", "Take trust back: the server is refused from its next connection on.", state, Revoke),
            TrustOwnCommand.Create(),
        };
    }

    private static Command Of(string name, string description, Option<string> state, Func<TrustStore, StoredCertificate, int> act)
    {
        var which = new Argument<string>("THUMBPRINT") { Description = $"Thumbprint as in trust list, or its first digits (at least {FewestDigits})." };
        var command = new Command(name, description) { which, state };
        command.SetAction(parse => WithStore(parse.GetValue(state)!, (store, all) => Find(all, parse.GetRequiredValue(which)) is { } one ? act(store, one) : ExitCode.CannotStart)); // has a default
        return command;
    }

    private static int WithStore(string stateFolder, Func<TrustStore, IReadOnlyList<StoredCertificate>, int> act)
    {
        try
        {
            var pki = Path.GetFullPath(Path.Combine(stateFolder, StateFolder.Pki));
            var store = new TrustStore(pki, TimeProvider.System);
            var all = store.List();
            try
            {
                if (all.Count > 0) return act(store, all);
            }
            finally
            {
                foreach (var one in all) one.Dispose();
            }
            Console.Error.WriteLine($"{pki} holds no certificate. A gateway fills it when an OPC UA line connects for the first time; is --state the folder it runs with?");
            return ExitCode.CannotStart;
        }
        catch (OpcUaException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.CannotStart;
        }
    }

    private static StoredCertificate? Find(IReadOnlyList<StoredCertificate> all, string text)
    {
        var digits = text.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        var found = digits.Length < FewestDigits ? []
            : all.Where(one => one.Thumbprint.StartsWith(digits, StringComparison.OrdinalIgnoreCase)
                || (digits.Length == 64 && one.Fingerprint.Replace(":", "", StringComparison.Ordinal).Equals(digits, StringComparison.OrdinalIgnoreCase))).DistinctBy(one => one.Thumbprint).ToList();
        if (found.Count == 1) return found[0];
        Console.Error.WriteLine(found.Count == 0
            ? $"{text}: no certificate begins so; expected a thumbprint of trust list, or at least {FewestDigits} digits of its beginning"
            : $"{text}: {found.Count} certificates begin so; write more digits");
        return null;
    }

    private static int List(TrustStore store, IReadOnlyList<StoredCertificate> all)
    {
        foreach (var one in all)
        {
            Console.WriteLine($"{one.Place,-8}  {one.Thumbprint}  {one.Subject}");
            Console.WriteLine($"          valid {one.NotBefore:yyyy-MM-dd} to {one.NotAfter:yyyy-MM-dd}{CertificateText.Expiry(one)}, for {(one.Hosts.Count > 0 ? string.Join(", ", one.Hosts) : "no host")}");
        }
        if (all.All(one => one.Place != StoredCertificate.Rejected)) return ExitCode.Clean;
        Console.WriteLine("rejected: nobody has accepted these. trust show THUMBPRINT, compare the fingerprint with the server's own, then trust accept THUMBPRINT");
        return ExitCode.Found;
    }

    private static int Show(TrustStore store, StoredCertificate one)
    {
        CertificateText.Write(one, Console.Out);
        return ExitCode.Clean;
    }

    private static int Accept(TrustStore store, StoredCertificate one)
    {
        if (one.Place == StoredCertificate.Trusted) return Say($"{one.Subject} is trusted already");
        if (one.Place != StoredCertificate.Rejected || !store.Accept(one.Thumbprint)) return Refuse($"{one.Thumbprint} is {one.Place}, not rejected: there is nothing to accept");
        return Say($"{one.Subject} is trusted now (SHA-256 {one.Fingerprint}). The gateway connects with its next attempt, within 30 s");
    }

    private static int Revoke(TrustStore store, StoredCertificate one)
    {
        if (one.Place == StoredCertificate.Rejected) return Say($"{one.Subject} is not trusted already");
        if (one.Place != StoredCertificate.Trusted || !store.Revoke(one.Thumbprint)) return Refuse($"{one.Thumbprint} is {one.Place}, not trusted: there is nothing to take back");
        return Say($"{one.Subject} is trusted no longer. A connection that stands goes on until it ends; restart the gateway to end it now");
    }

    private static int Say(string text)
    {
        Console.WriteLine(text);
        return ExitCode.Clean;
    }

    private static int Refuse(string text)
    {
        Console.Error.WriteLine(text);
        return ExitCode.CannotStart;
    }
}
