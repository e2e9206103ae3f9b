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
// A script's variable that is not set. No option or argument takes an empty text, and as a path it would mean anything.
if (Array.IndexOf(args, "") is >= 0 and var empty)
{
    Console.Error.WriteLine($"argument {empty + 1}{(empty > 0 ? $", after {args[empty - 1]}," : "")} is empty: write a value, or leave it out");
    return ExitCode.CannotStart;
}
var parse = root.Parse(args);
// Ctrl-C and SIGTERM cancel the running command; it has this long to seal, store and say goodbye.
var exitCode = await parse.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) });
return parse.Action is ParseErrorAction ? ExitCode.CannotStart : exitCode;
