namespace EdgeGateway.Commands.Demo;

/// <summary>How the demo is run.</summary>
/// <param name="Duration">How long; null until Ctrl-C.</param>
/// <param name="State">Folder for everything the demo writes; null for a temporary one that is removed if the verdict is clean.</param>
/// <param name="ShowLog">Show the gateway's log instead of only the status.</param>
internal sealed record DemoOptions(string Site, TimeSpan? Duration, Breakage Breakage, string? State, bool ShowLog);
