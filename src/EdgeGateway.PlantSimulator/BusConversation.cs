using System.Net.Sockets;

namespace EdgeGateway.PlantSimulator;

/// <summary>
/// A bus with one master: takes questions out of the stream and has the slaves answer that are meant. Everything happens in order: while one answer waits for its
/// time, later questions wait behind it. Slaves of several protocols may share it; each question belongs to the first of them that can read it whole.
/// </summary>
/// <param name="link">What the master is connected to.</param>
/// <param name="hangUp">Ends the connection abruptly.</param>
/// <param name="line">Whose faults hold.</param>
internal sealed class BusConversation(Stream link, Action hangUp, SimulatedLine line) : ISlaveConversation
{
    /// <summary>The most bytes that are kept of what is no question yet; more than the longest question of any protocol has.</summary>
    private const int MaxKept = 2 * SerialWire.MaxFrame;

    private readonly CancellationTokenSource _ended = new();
    private readonly List<byte> _received = [];

    /// <summary>Who answers; the protocol whose frames are hardest to take for another's comes first. Set before <see cref="ServeAsync"/>.</summary>
    public required IReadOnlyList<IBusSpeaker> Speakers { get; set; }

    /// <summary>Fires when the conversation ends.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Puts bytes on the bus.</summary>
    public ValueTask SendAsync(params byte[] bytes) => link.WriteAsync(bytes, _ended.Token);

    /// <inheritdoc/>
    public void Reset()
    {
        _ended.Cancel();
        hangUp();
    }

    /// <inheritdoc/>
    public async Task ServeAsync()
    {
        try
        {
            var buffer = new byte[SerialWire.MaxFrame];
            while (true)
            {
                var read = await link.ReadAsync(buffer, _ended.Token).ConfigureAwait(false);
                if (read == 0) return;
                _received.AddRange(buffer.AsSpan(0, read));
                while (TakeQuestion() is { } answer)
                {
                    if (line.Fault == LineFault.DropConnections) return;
                    await answer().ConfigureAwait(false);
                }
                // Noise without an end: nothing in it can still become a question.
                if (_received.Count > MaxKept) _received.RemoveRange(0, _received.Count - SerialWire.MaxFrame);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The master is gone, or a fault or the end of the plant cut the line: nothing is left to do for it.
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>After <see cref="ServeAsync"/> has returned and nobody can call <see cref="Reset"/> any more.</summary>
    public void Dispose()
    {
        Reset();
        _ended.Dispose();
        link.Dispose();
    }

    private Func<ValueTask>? TakeQuestion()
    {
        if (Speakers.Count == 1) return Speakers[0].Take(_received);
        foreach (var speaker in Speakers)
        {
            // What is noise to one of them may be half a question to another.
            var heard = new List<byte>(_received);
            if (speaker.Take(heard) is not { } answer) continue;
            _received.RemoveRange(0, _received.Count - heard.Count);
            return answer;
        }
        return null;
    }
}
