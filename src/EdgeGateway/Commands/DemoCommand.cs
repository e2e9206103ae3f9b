using System.CommandLine;
using EdgeGateway.Commands.Demo;

namespace EdgeGateway.Commands;

/// <summary><c>demo</c>: a simulated plant, a broker, the gateway and a verifying receiver in one process, on loopback.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var site = SiteOption.Create();
        var duration = DurationOption.Create("--duration", "Stop after this long and judge. Default: until Ctrl-C.");
        var breakage = new Option<Breakage>("--break")
        {
            Description = "Break something in the middle third: broker (stops and forgets), device (falls silent), link (swallows everything).",
            HelpName = "broker|device|link",
            CustomParser = result =>
            {
                switch (result.Tokens.Count == 1 ? result.Tokens[0].Value : "")
                {
                    case "broker": return Breakage.Broker;
                    case "device": return Breakage.Device;
                    case "link": return Breakage.Link;
                    case var other:
                        result.AddError($"--break {other}: expected broker, device or link");
                        return Breakage.None;
                }
            },
        };
        var state = new Option<string?>("--state") { Description = "Folder for everything the demo writes. Default: a temporary one.", HelpName = "FOLDER" };
        var log = new Option<bool>("--log") { Description = "Show the gateway's log." };
        var command = new Command("demo", "Show the whole path on a simulated plant: read, seal, store, publish, receive, verify. Exit 0 only if the receiver proved an unbroken chain, every slot covered and every value as served.")
        {
            site, duration, breakage, state, log,
        };
        command.SetStoppableAction(async (parse, cancellationToken) =>
        {
            await using var demo = new DemoRun(
                new DemoOptions(parse.GetValue(site)!, parse.GetValue(duration), parse.GetValue(breakage), parse.GetValue(state), parse.GetValue(log)), // site has a default
                TimeProvider.System);
            return await demo.RunAsync(cancellationToken).ConfigureAwait(false);
        });
        return command;
    }
}
