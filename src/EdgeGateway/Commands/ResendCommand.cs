using System.CommandLine;
using EdgeGateway.Commands.Resend;
using EdgeGateway.Evidence;

namespace EdgeGateway.Commands;

/// <summary><c>resend</c>: the platform asks a gateway, by a signed command, to send stored payloads again.</summary>
internal static class ResendCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var broker = new BrokerOptions();
        var key = new Option<string>("--key") { Description = "The platform's private key (PEM), as 'keys platform' makes it. The gateway's broker.command-key names the certificate that belongs to it.", Required = true, HelpName = "FILE" };
        var certificate = new Option<string>("--cert") { Description = "The gateway's certificate, signing.crt: only an answer that it verifies counts.", Required = true, HelpName = "FILE" };
        var site = new Option<string>("--site") { Description = "The site, as in its site.yaml.", Required = true, HelpName = "NAME" };
        var gateway = new Option<string>("--gateway") { Description = "The gateway, as in its site.yaml.", Required = true, HelpName = "NAME" };
        var stream = new Option<string>("--stream") { Description = "Stream: readings, aggregates or events.", DefaultValueFactory = _ => Streams.Readings, HelpName = "NAME" };
        var from = new Option<long>("--from") { Description = "First sequence number (sq) that is wanted again.", Required = true, HelpName = "N" };
        var to = new Option<long>("--to") { Description = $"Last one. At most {ResendOrder.MostNumbers} numbers in one command.", Required = true, HelpName = "N" };
        var counter = new Option<string?>("--counter") { Description = "File with the number of the newest command; it is counted up before each one. Default: the key's file name and .counter.", HelpName = "FILE" };
        var number = new Option<long?>("--number") { Description = "The command's number, for a platform that counts by itself: higher than all before it to this gateway.", HelpName = "N" };
        var epoch = new Option<long?>("--epoch") { Description = "The gateway's epoch. Default: what its birth at the broker says.", HelpName = "N" };
        var wait = DurationOption.Create("--wait", "How long the gateway may take to answer. Default: 30s.");
        var command = new Command("resend",
            "Ask a gateway to send stored payloads again, and wait for its signed answer. What it sends arrives where its data always arrives ('receive'). Exit 0: accepted, 1: refused or no answer, 2: could not ask.")
        {
            key, certificate, site, gateway, stream, from, to, counter, number, epoch, wait,
        };
        broker.AddTo(command);
        command.Validators.Add(result =>
        {
            foreach (var file in new[] { key, certificate })
                if (result.GetResult(file) is not null && result.GetValue(file) is { } path && !File.Exists(path)) result.AddError($"{file.Name} {path}: there is no such file; correct the name");
            foreach (var name in new[] { site, gateway, stream })
                if (result.GetResult(name) is not null && result.GetValue(name) is { } text && !JsonMembers.IsName(text)) result.AddError($"{name.Name} {text}: expected 1 to 48 letters, digits, - and _");
            if (result.GetResult(from) is not null && result.GetResult(to) is not null && (result.GetValue(from) < 1 || result.GetValue(to) < result.GetValue(from)))
                result.AddError("--from and --to: expected sequence numbers from 1 on, the lower one first");
        });
        command.SetStoppableAction((parse, cancellationToken) =>
        {
            var keyFile = parse.GetRequiredValue(key);
            var options = new ResendOptions(
                parse.GetRequiredValue(site), parse.GetRequiredValue(gateway), parse.GetRequiredValue(stream), parse.GetRequiredValue(from), parse.GetRequiredValue(to),
                keyFile, parse.GetRequiredValue(certificate), parse.GetValue(counter) ?? keyFile + ".counter", parse.GetValue(number), parse.GetValue(epoch), parse.GetValue(wait) ?? Patience);
            return new ResendRun(broker.Read(parse), options, TimeProvider.System, Console.Out, Console.Error).RunAsync(cancellationToken);
        });
        return command;
    }
}
