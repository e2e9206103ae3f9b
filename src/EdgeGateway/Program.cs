using System.CommandLine;
using System.CommandLine.Invocation;
using EdgeGateway.Commands;

var root = new RootCommand("EdgeGateway reads a plant's analyzers, controllers and meters, seals what it reads, and publishes it so that nobody can drop, reorder or alter a reading unseen.")
{
    DemoCommand.Create(),
    RunCommand.Create(),
    CheckCommand.Create(),
    SimulateCommand.Create(),
    ReceiveCommand.Create(),
    VerifyCommand.Create(),
    KeysCommand.Create(),
};
// Ctrl-C and SIGTERM cancel the running command; it has this long to seal, store and say goodbye.
var parse = root.Parse(args);
try
{
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
