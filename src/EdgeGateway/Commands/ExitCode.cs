namespace EdgeGateway.Commands;

/// <summary>What the program's exit says to scripts and service managers; listed in docs/operations.md.</summary>
internal static class ExitCode
{
    /// <summary>Done, nothing found wrong.</summary>
    public const int Clean = 0;

    /// <summary>Done, and something is wrong with what was looked at: a faulty configuration, a broken chain, a demo whose verdict is no.</summary>
    public const int Found = 1;

    /// <summary>Could not start: arguments, configuration, state folder, key or port. The message says which and what to do.</summary>
    public const int CannotStart = 2;

    /// <summary>The program itself failed; the service manager should start it again.</summary>
    public const int Failed = 3;
}
