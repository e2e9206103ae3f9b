using EdgeGateway.Drivers.Links;

namespace EdgeGateway.Tests.Acquisition;

/// <summary>A line that opens, or does what the test says instead.</summary>
internal sealed class FakeDial(TimeProvider time) : LinkDial
{
    public Action OnDial { get; set; } = () => { };

    /// <summary>When each attempt began, monotonic.</summary>
    public List<long> Attempts { get; } = [];

    public override string Endpoint => "fake://line";

    /// <summary>Streams that were given up as silent.</summary>
    public int GivenUp { get; private set; }

    public bool TellsEvery { get; set; }

    public override bool MayBeHalfOpen => true;

    public override bool TellsEveryReason => TellsEvery;

    public override void GiveUp(Stream link) => GivenUp++;

    public override ValueTask<Stream> DialAsync(CancellationToken cancellationToken)
    {
        Attempts.Add(time.GetTimestamp());
        OnDial();
        return ValueTask.FromResult<Stream>(new MemoryStream());
    }
}
