namespace EdgeGateway.Drivers.OpcUa.Encoding;

/// <summary>What a vendor adds to a status; numbers are places in the string table of the response (OPC 10000-4, 7.12).</summary>
internal sealed record DiagnosticInfo
{
    public int? SymbolicId { get; init; }

    public int? NamespaceUri { get; init; }

    public int? Locale { get; init; }

    public int? LocalizedText { get; init; }

    public string? AdditionalInfo { get; init; }

    public StatusCode? InnerStatusCode { get; init; }

    public DiagnosticInfo? Inner { get; init; }
}
