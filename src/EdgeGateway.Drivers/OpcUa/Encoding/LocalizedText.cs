namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>Text for people, with its language.</summary>
internal readonly record struct LocalizedText(string? Locale, string? Text)
{
    public override string ToString() => Text ?? "";
}
