namespace EdgeGateway.Evidence;

/// <summary>Which lines are fresh commands of the platform to one gateway and epoch (docs/wire.md §7). Not thread-safe.</summary>
internal sealed class CommandGate(TrustedKeys keys, string site, string gateway, long epoch)
{
    /// <summary>The command; null with the reason if nothing is to be done about the line, not even an answer.</summary>
    /// <param name="line">As it came.</param>
    /// <param name="newest">Number of the newest command that was taken.</param>
    /// <param name="why">Why nothing is to be done; empty otherwise.</param>
    public PlatformCommand? Admit(ReadOnlyMemory<byte> line, long newest, out string why)
    {
        why = "longer than a command may be";
        if (line.Length > PlatformCommand.MaxLineBytes || SignedStatement.Open(line, PlatformCommand.Typ, keys, out why) is not { } payload) return null;
        var command = PlatformCommand.Parse(payload);
        why = command switch
        {
            null => "no command of this contract",
            _ when command.Site != site || command.Gateway != gateway => "addressed to another gateway",
            _ when command.Epoch != epoch => "addressed to another epoch",
            _ when command.Number <= newest => "its number has been used",
            _ => "",
        };
        return why.Length == 0 ? command : null;
    }
}
