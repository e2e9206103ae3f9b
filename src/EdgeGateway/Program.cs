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
var exitCode = await parse.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) });
return parse.Action is ParseErrorAction ? ExitCode.CannotStart : exitCode;
