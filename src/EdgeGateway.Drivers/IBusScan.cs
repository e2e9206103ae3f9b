namespace EdgeGateway.Drivers;

/// <summary>Looks for the devices on a line that nobody has described yet. Only reads; one question at a time.</summary>
public interface IBusScan
{
    /// <summary>Asks every address within <paramref name="bounds"/> once, in order, and hands out each device as it answers.</summary>
    /// <param name="link">The line's stream; nobody else uses it meanwhile.</param>
    /// <param name="bounds">Where to look and how long to wait.</param>
    /// <param name="cancellationToken">Ends the search; what was found stays found.</param>
    /// <exception cref="LineDownException">The stream is closed or no longer speaks the protocol.</exception>
    IAsyncEnumerable<FoundDevice> ScanAsync(Stream link, ScanBounds bounds, CancellationToken cancellationToken);

    /// <summary>What is wrong with the addresses of <paramref name="bounds"/>, in words; null if nothing is. Asked before <see cref="ScanAsync"/>.</summary>
    string? Refuse(ScanBounds bounds) => null;
}

/// <summary>Where a <see cref="IBusScan"/> looks and how long it waits.</summary>
/// <param name="First">The first address, in the protocol's own notation (<c>1</c>, <c>202107072529</c>); null for the protocol's first.</param>
/// <param name="Last">The last address; null for the protocol's last.</param>
/// <param name="Patience">How long one address may take to answer.</param>
/// <param name="MaxQuestions">After so many questions the search ends and says so.</param>
public readonly record struct ScanBounds(string? First, string? Last, TimeSpan Patience, int MaxQuestions);

/// <summary>A device that answered a <see cref="IBusScan"/>.</summary>
/// <param name="Address">In the notation of the protocol's device key.</param>
/// <param name="RoundTrip">From the question's last byte to the whole answer.</param>
/// <param name="Answer">What it said, in words: a value, a refusal that proves that somebody is there.</param>
public readonly record struct FoundDevice(string Address, TimeSpan RoundTrip, string Answer);
