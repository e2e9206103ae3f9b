using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using EdgeGateway.Evidence;
using EdgeGateway.Receiving;

namespace EdgeGateway.Commands;

/// <summary><c>receive</c>: the platform's side in small. Stores raw lines append-only, verifies as they come, judges everything at the end.</summary>
internal static class ReceiveCommand
{
    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var broker = new BrokerOptions();
        var certificates = new Option<string[]>("--cert") { Description = "Certificate or public key of a gateway to trust; again for more.", Required = true, HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
        var folder = new Option<string>("--out") { Description = "Folder for received.egb1, which is only ever appended to.", DefaultValueFactory = _ => "received", HelpName = "FOLDER" };
        var client = new Option<string>("--client-id") { Description = "Fixed name at the broker, which keeps the session under it. Each receiver needs its own.", DefaultValueFactory = _ => "edgegateway-receiver" };
        var duration = DurationOption.Create("--duration", "Stop after this long and judge. Default: until Ctrl-C.");
        var json = new Option<bool>("--json") { Description = "Print the final verdict as JSON, and nothing else, to standard output." };
        var command = new Command("receive", "Receive, store and verify what gateways publish. Exit 0: clean, 1: faults, 2: could not start.") { certificates, folder, client, duration, json };
        broker.AddTo(command);
        command.SetStoppableAction((parse, cancellationToken) => RunAsync(
            new ReceiverSettings(broker.Read(parse), parse.GetRequiredValue(client), parse.GetRequiredValue(folder)),
            parse.GetRequiredValue(certificates), parse.GetValue(duration), parse.GetValue(json), TimeProvider.System, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        ReceiverSettings settings, string[] certificates, TimeSpan? duration, bool asJson, TimeProvider time, CancellationToken cancellationToken)
    {
        if (File.Exists(settings.Folder))
        {
            await Console.Error.WriteLineAsync($"cannot receive: --out {settings.Folder} is a file; name a folder").ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
        try
        {
            using var keys = TrustedKeys.Load(certificates);
            await using (var receiver = new LineReceiver(settings, keys, time))
            {
                receiver.Resume();
                receiver.Start();
                await WatchAsync(receiver, duration, asJson ? Console.Error : Console.Out, time, cancellationToken).ConfigureAwait(false);
                // Nothing heard is no finding: a verdict on nothing must not read as a clean one.
                if (!receiver.HasListened)
                {
                    await Console.Error.WriteLineAsync($"cannot receive: {receiver.Trouble}. Check --broker, certificates and account, and that the broker runs; nothing was judged").ConfigureAwait(false);
                    return ExitCode.CannotStart;
                }
            }
            return Judge(settings.RawFile, keys, asJson);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or TrustedKeyException)
        {
            await Console.Error.WriteLineAsync($"cannot receive: {e.Message}").ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
    }

    private static async Task WatchAsync(LineReceiver receiver, TimeSpan? duration, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        string? saidLast = null;
        try
        {
            while (!receiver.Running.IsCompleted && (duration is null || time.GetElapsedTime(start) < duration))
            {
                var said = StatusOf(receiver);
                if (said != saidLast) await output.WriteLineAsync(said).ConfigureAwait(false);
                saidLast = said;
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to stop: judge what is there.
        }
        // A head may run ahead of segments that are still under way: give them a moment before that counts as missing.
        var settling = time.GetTimestamp();
        while (receiver.Status.Missing > 0 && time.GetElapsedTime(settling) < SettlePatience)
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, CancellationToken.None).ConfigureAwait(false);
    }

    private static string StatusOf(LineReceiver receiver)
    {
        var seen = receiver.Status;
        return string.Create(CultureInfo.InvariantCulture,
            $"payloads {seen.Payloads}  readings {seen.Readings}  missing {seen.Missing}  duplicates {seen.Duplicates}  forks {seen.Forks}  refused {seen.Refused + receiver.Undecodable}{(receiver.Trouble is { } trouble ? $"  [{trouble}]" : "")}");
    }

    private static int Judge(string file, TrustedKeys keys, bool asJson)
    {
        // What came out of order is put right here: the keys in the order of the record, then the lines.
        var changes = new KeyChanges();
        foreach (var line in EgbFile.Lines(file)) changes.Add(line);
        changes.TeachTo(keys);
        var verifier = new ChainVerifier(keys);
        foreach (var line in EgbFile.Lines(file)) verifier.Add(line);
        var verdict = verifier.Finish();
        Console.WriteLine(asJson ? verdict.ToJson() : verdict.ToText());
        return verdict.IsOk ? ExitCode.Clean : ExitCode.Found;
    }
}
