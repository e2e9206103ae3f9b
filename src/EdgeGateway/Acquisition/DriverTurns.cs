using EdgeGateway.Config;
using EdgeGateway.Drivers;
using EdgeGateway.Drivers.Links;

namespace EdgeGateway.Acquisition;

/// <summary>
/// The drivers of one line, one for each protocol spoken on it, and whose turn it is. Between two protocols lies a quarantine: a question that was let down
/// may still be answered, and no other driver shall hear that answer. It is as long as the silent device's own time, from the end of its poll; where
/// every question was answered, the turn changes at once.
/// </summary>
internal sealed class DriverTurns(Line line, Func<DriverType, IDriver> create, TimeProvider time)
{
    private readonly Dictionary<DriverType, IDriver> _drivers = line.Protocols.ToDictionary(protocol => protocol, create);
    private readonly LineQuarantine _quarantine = new(time);
    private Stream? _link;
    private DriverType? _turn;
    private long _letDownAt;
    private TimeSpan _owed;

    /// <summary>Hands a new stream to every driver. What is owed stays: a serial server may pass an old answer on to a new connection.</summary>
    /// <exception cref="LineDownException">A driver cannot speak on this stream.</exception>
    public async ValueTask AttachAsync(Stream link, CancellationToken cancellationToken)
    {
        _link = link;
        foreach (var driver in _drivers.Values) await driver.AttachAsync(link, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Polls a group with the driver of its device.</summary>
    /// <exception cref="LineDownException">The stream is closed or no longer speaks the protocol.</exception>
    /// <exception cref="OperationCanceledException">The worker is stopping.</exception>
    public ValueTask<PollOutcome> ReadAsync(Device device, PollGroup group, ISampleSink sink, CancellationToken cancellationToken)
    {
        var protocol = line.ProtocolOf(device);
        return HasTurn(protocol)
            ? _drivers[protocol].ReadAsync(group, sink, cancellationToken)
            : ReadAfterOthersAsync(protocol, group, sink, cancellationToken);
    }

    /// <summary>Asks a device whether it is there: <see cref="IDriver.ProbeAsync"/>.</summary>
    /// <exception cref="LineDownException">The stream is closed or no longer speaks the protocol.</exception>
    /// <exception cref="OperationCanceledException">The worker is stopping.</exception>
    public async ValueTask<bool> ProbeAsync(Device device, PollGroup group, TimeSpan patience, CancellationToken cancellationToken)
    {
        var protocol = line.ProtocolOf(device);
        if (!HasTurn(protocol)) await TakeTurnAsync(protocol, cancellationToken).ConfigureAwait(false);
        return await _drivers[protocol].ProbeAsync(group, patience, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A question of the last poll got no answer that belongs to it.</summary>
    public void LetDown(PollGroup group)
    {
        if (group.Device.Timeout < _owed - time.GetElapsedTime(_letDownAt)) return; // an earlier one is owed for longer
        (_letDownAt, _owed) = (time.GetTimestamp(), group.Device.Timeout);
    }

    /// <summary>Ends what drivers keep beside the stream.</summary>
    public async ValueTask EndAsync()
    {
        foreach (var driver in _drivers.Values.OfType<IAsyncDisposable>()) await driver.DisposeAsync().ConfigureAwait(false);
    }

    private bool HasTurn(DriverType protocol) => _turn == protocol || _drivers.Count == 1;

    private async ValueTask<PollOutcome> ReadAfterOthersAsync(DriverType protocol, PollGroup group, ISampleSink sink, CancellationToken cancellationToken)
    {
        await TakeTurnAsync(protocol, cancellationToken).ConfigureAwait(false);
        return await _drivers[protocol].ReadAsync(group, sink, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask TakeTurnAsync(DriverType protocol, CancellationToken cancellationToken)
    {
        var link = _link ?? throw new InvalidOperationException("a stream must be attached before the first poll");
        var rest = _owed - time.GetElapsedTime(_letDownAt);
        if (rest > TimeSpan.Zero) await _quarantine.PassAsync(link, rest, LineInput.FrameSilence(link), cancellationToken).ConfigureAwait(false);
        _owed = TimeSpan.Zero;
        _turn = protocol;
        _drivers[protocol].TakeTurn();
    }
}
