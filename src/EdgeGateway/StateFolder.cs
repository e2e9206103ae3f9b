namespace EdgeGateway;

/// <summary>The folder that holds everything a gateway keeps: its store, its keys, whom it trusts.</summary>
/// <param name="FullPath">Absolute.</param>
internal sealed record StateFolder(string FullPath)
{
    /// <summary>The folder of certificates of OPC UA lines.</summary>
    public const string Pki = "pki";
}
