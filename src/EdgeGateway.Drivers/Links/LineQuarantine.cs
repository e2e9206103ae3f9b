using System.Net.Sockets;

namespace EdgeGateway.Drivers.Links;

/// <summary>
/// Keeps a stream to itself between two protocols: until the answer that one of them has given up must have come, and the line has fallen silent behind
/// it, whatever comes is thrown away. Used by one line's worker; not thread-safe.
/// </summary>
public sealed class LineQuarantine(TimeProvider time)
{
    private readonly byte[] _thrownAway = new byte[1024];

    /// <summary>Ends <paramref name="wait"/> from now, and not before <paramref name="silence"/> has passed without a byte; but after twice the sum of both in any case.</summary>
    /// <exception cref="LineDownException">The stream is closed or has failed.</exception>
    public async ValueTask PassAsync(Stream link, TimeSpan wait, TimeSpan silence, CancellationToken cancellationToken)
    {
        var begunAt = time.GetTimestamp();
        var heardAt = begunAt;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var passed = time.GetElapsedTime(begunAt);
                // Somebody talks without a pause. The next protocol hears that too, and judges it by its own rules.
                if (passed >= 2 * (wait + silence)) return;
                if (LineInput.IsWaiting(link))
                {
                    if (await link.ReadAsync(_thrownAway, cancellationToken).ConfigureAwait(false) == 0) throw new LineDownException("the other side closed the connection between two questions");
                    heardAt = time.GetTimestamp();
                    continue;
                }
                var untilQuiet = silence - time.GetElapsedTime(heardAt);
                var rest = wait - passed > untilQuiet ? wait - passed : untilQuiet;
                if (rest <= TimeSpan.Zero) return;
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)), time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw new LineDownException($"the connection failed between two questions: {e.Message}", e);
        }
    }
}
