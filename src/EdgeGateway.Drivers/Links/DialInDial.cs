namespace EdgeGateway.Drivers.Links;

/// <summary>Waits for a device, or the modem before it, to dial in and say its id.</summary>
public sealed class DialInDial(DialInAddress address, TimeProvider time) : LinkDial
{
    /// <summary>How long one attempt waits. The next begins soon after.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(3);

    private DialInPort? _port;

    /// <inheritdoc/>
    public override string Endpoint => $"{DialInAddress.Scheme}://{address.Local}?id={DialInAddress.TextOf(address.Id)}";

    /// <inheritdoc/>
    public override bool MayBeHalfOpen => true;

    /// <summary>Nobody is called, so nobody is bothered by frequent attempts.</summary>
    public override TimeSpan LongestRedial => TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public override async ValueTask<Stream> DialAsync(CancellationToken cancellationToken)
    {
        _port ??= DialInPort.Enter(address, time);
        return await _port.WaitAsync(address, Wait, cancellationToken).ConfigureAwait(false)
            ?? throw new LineDownException($"{Endpoint}: no device with this id has dialled in{_port.Strangers}");
    }

    /// <inheritdoc/>
    public override void GiveUp(Stream link) => SocketCare.ResetOnClose(link);

    /// <summary>Leaves the port; the last line on it closes it.</summary>
    public override void Close()
    {
        _port?.Leave(address);
        _port = null;
    }
}
