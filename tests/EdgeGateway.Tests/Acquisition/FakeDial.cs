using EdgeGateway.Drivers.Links;

namespace EdgeGateway.Tests.Acquisition;

/// <summary>A line that opens, or does what the test says instead.</summary>
internal sealed class FakeDial(TimeProvider time) : LinkDial
{
    public Action OnDial { get; set; } = () => { };

    /// <summary>When each attempt began, monotonic.</summary>
    public List<long> Attempts { get; } = [];

    public override string Endpoint => "fake://line";

    public override ValueTask<Stream> DialAsync(CancellationToken cancellationToken)
    {
        Attempts.Add(time.GetTimestamp());
        OnDial();
        return ValueTask.FromResult<Stream>(new MemoryStream());
    }
}
