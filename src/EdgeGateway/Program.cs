using System.CommandLine;
using System.CommandLine.Invocation;
using EdgeGateway.Commands;

var root = new RootCommand("EdgeGateway reads a plant's analyzers, controllers and meters, seals what it reads, and publishes it so that nobody can drop, reorder or alter a reading unseen.")
{
    DemoCommand.Create(),
    RunCommand.Create(),
    CheckCommand.Create(),
    RulesCommand.Create(),
    SimulateCommand.Create(),
    MapsCommand.Create(),
    ImportCommand.Create(),
    ProbeCommand.Create(),
    ScanCommand.Create(),
    BrowseCommand.Create(),
    OpcUaCommand.Create(),
    ReceiveCommand.Create(),
    VerifyCommand.Create(),
    ResendCommand.Create(),
    ExportCommand.Create(),
    KeysCommand.Create(),
    TrustCommand.Create(),
};
// A script's variable that is not set. No option or argument takes an empty text, and as a path it would mean anything.
if (Array.IndexOf(args, "") is >= 0 and var empty)
{
    Console.Error.WriteLine($"argument {empty + 1}{(empty > 0 ? $", after {args[empty - 1]}," : "")} is empty: write a value, or leave it out");
    return ExitCode.CannotStart;
}
var parse = root.Parse(args);
try
{
    // Ctrl-C and SIGTERM cancel the running command; it has a minute to seal, store and say goodbye.
    // The library's own handler would say 1, which means "done, and faults were found".
    var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(60), EnableDefaultExceptionHandler = false };
    var exitCode = await parse.InvokeAsync(invocation);
    return parse.Action is ParseErrorAction ? ExitCode.CannotStart : exitCode;
}
#pragma warning disable CA1031 // the one place for it: whatever nobody expected is a failure of the program, and docs/operations.md gives that its own exit code
catch (Exception e)
#pragma warning restore CA1031
{
    await Console.Error.WriteLineAsync($"{e}");
    return ExitCode.Failed;
}
