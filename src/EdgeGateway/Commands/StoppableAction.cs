using System.CommandLine;

namespace EdgeGateway.Commands;

/// <summary>Actions that Ctrl-C and SIGTERM stop in order from their first moment on.</summary>
internal static class StoppableAction
{
    /// <summary>As <c>SetAction</c>, for commands that run until they are stopped.</summary>
    public static void SetStoppableAction(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parse, cancellationToken) =>
        {
            // The library takes the signals over once the action has returned its task: what an action does before its first real wait
            // (opening the store, starting the steps) would be cut short by them.
            await Task.Yield();
            return await action(parse, cancellationToken).ConfigureAwait(false);
        });
}
