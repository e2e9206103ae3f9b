using System.Net.Sockets;

namespace EdgeGateway.PlantSimulator;

/// <summary>Answers on one connection that wait for each other and go out in reverse order. Any thread may hold.</summary>
/// <param name="send">Writes one answer.</param>
/// <param name="time">The clock of the pause.</param>
internal sealed class HeldAnswers(Func<ReadOnlyMemory<byte>, ValueTask> send, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Stack<byte[]> _held = new();

    /// <summary>Holds an answer; ends when it was sent, here or with a later one, or the connection is gone.</summary>
    /// <param name="answer">The frame.</param>
    /// <param name="pause">It goes out when no other has come for so long.</param>
    /// <param name="ended">The connection ends.</param>
    public async Task HoldAsync(byte[] answer, TimeSpan pause, CancellationToken ended)
    {
        int before;
        lock (_lock)
        {
            _held.Push(answer);
            before = _held.Count;
        }
        try
        {
            await Task.Delay(pause, time, ended).ConfigureAwait(false);
            foreach (var one in TakeUnless(before)) await send(one).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The master is gone, or the connection was reset: nobody waits for these answers.
        }
    }

    /// <summary>Everything that is held, the last one first; nothing if another has come behind the <paramref name="last"/> one.</summary>
    private byte[][] TakeUnless(int last)
    {
        lock (_lock)
        {
            if (_held.Count != last) return [];
            byte[][] all = [.. _held];
            _held.Clear();
            return all;
        }
    }
}
