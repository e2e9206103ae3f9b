using System.Threading.Channels;

namespace EdgeGateway.Uplink;

/// <summary>Tells the connection of now that the store has taken acknowledgements back; thread-safe. Another connection reads everything anew anyway.</summary>
internal sealed class Resends
{
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Ask() => _asked.Writer.TryWrite(true);

    /// <summary>Completes when it was asked for since the last wait.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _asked.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
}
