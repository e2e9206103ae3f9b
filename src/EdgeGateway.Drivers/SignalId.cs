namespace EdgeGateway.Drivers;

/// <summary>The full name of a signal, <c>device.signal</c>: unique in a plant, the same in files, logs and sealed data.</summary>
/// <param name="Text">Letters, digits, <c>-</c>, <c>_</c> and exactly one dot; at most 97 characters.</param>
public readonly record struct SignalId(string Text)
{
    /// <summary>The longest name of a device or of a signal within its device, in characters.</summary>
    public const int MaxPartLength = 48;

    /// <summary>Joins a device name and a signal name.</summary>
    public static SignalId Of(string device, string signal) => new($"{device}.{signal}");

    /// <summary>True if <paramref name="part"/> may name a line, device, group or signal: ASCII letters, digits, <c>-</c>, <c>_</c>.</summary>
    public static bool IsValidPart(ReadOnlySpan<char> part)
    {
        if (part.IsEmpty || part.Length > MaxPartLength) return false;
        foreach (var c in part)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
