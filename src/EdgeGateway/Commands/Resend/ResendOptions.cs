namespace EdgeGateway.Commands.Resend;

/// <summary>What <c>resend</c> was asked for.</summary>
/// <param name="Site">Addressed site.</param>
/// <param name="Gateway">Addressed gateway.</param>
/// <param name="Stream">Stream of the payloads.</param>
/// <param name="From">First sequence number.</param>
/// <param name="To">Last sequence number.</param>
/// <param name="Key">File with the platform's private key.</param>
/// <param name="Certificate">File with the gateway's certificate.</param>
/// <param name="CounterFile">File with the number of the newest command.</param>
/// <param name="Number">The command's number; null takes the next one of the file.</param>
/// <param name="Epoch">The gateway's epoch; null takes the one its birth names.</param>
/// <param name="Patience">How long the gateway may take to answer.</param>
internal sealed record ResendOptions(
    string Site, string Gateway, string Stream, long From, long To, string Key, string Certificate, string CounterFile, long? Number, long? Epoch, TimeSpan Patience);
