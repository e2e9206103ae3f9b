using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>
/// Brings the messages of one subscription into their order, each once (OPC 10000-4, 5.13.1.1). Numbers go up by one and from the top back to 1; a
/// keep-alive names the number that comes next and uses none up. Pure; not thread-safe.
/// </summary>
internal sealed class MessageOrder
{
    /// <summary>Messages that wait for an earlier one.</summary>
    public const int MaxHeld = 100;

    /// <summary>The farthest that a number may be from the one that is due; farther is a jump, not a hole.</summary>
    public const int MaxHole = 1000;

    private readonly Dictionary<uint, NotificationMessage> _held = [];

    // Taken out of their turn, because they were asked for again or given up: the message itself may still be on its way, once.
    private readonly HashSet<uint> _mayStillCome = [];

    /// <summary>The number of the message that is due.</summary>
    public uint Expected { get; private set; } = 1;

    /// <summary>A message that is due is missing while later ones are there, or the server has said that there was one.</summary>
    public bool HasHole => _end != Expected;

    /// <summary>No more messages can be held: the hole must be given up.</summary>
    public bool IsFull => _held.Count >= MaxHeld;

    // The number after the last one that is known to exist.
    private uint _end = 1;

    public static uint Next(uint number) => number == uint.MaxValue ? 1 : number + 1;

    /// <summary>
    /// True if the message's number has nothing to do with the ones before: the server counts anew. Such a message must not be offered before
    /// <see cref="StartAt"/>: an endless hole would be seen before it, or it would be taken for a repeated one. A server sends each message once by itself: a number that was
    /// there already is a repeat only where it was asked for again, or given up.
    /// </summary>
    public bool IsJump(NotificationMessage message)
    {
        var distance = Distance(message.SequenceNumber, Expected);
        return Math.Abs((long)distance) > MaxHole || (distance < 0 && !message.IsKeepAlive && !_mayStillCome.Contains(message.SequenceNumber));
    }

    /// <summary>Counts anew from this message on; what is held is given up.</summary>
    public void StartAt(NotificationMessage message)
    {
        _held.Clear();
        _mayStillCome.Clear();
        _end = Expected = message.SequenceNumber;
    }

    /// <summary>Takes a message; a repeated one is dropped, and one that there is no room for.</summary>
    /// <returns>False if it was dropped: it must not be acknowledged on behalf of this.</returns>
    public bool Offer(NotificationMessage message)
    {
        if (message.IsKeepAlive)
        {
            if (IsAfter(message.SequenceNumber, _end)) _end = message.SequenceNumber;
            return true;
        }
        _mayStillCome.Remove(message.SequenceNumber);
        if (IsAfter(Expected, message.SequenceNumber) || (IsFull && message.SequenceNumber != Expected) || !_held.TryAdd(message.SequenceNumber, message)) return false;
        var after = Next(message.SequenceNumber);
        if (IsAfter(after, _end)) _end = after;
        return true;
    }

    /// <summary>The same for a message that was asked for again: it may still come by itself.</summary>
    public void OfferAgain(NotificationMessage message)
    {
        Offer(message);
        MayStillCome(message.SequenceNumber);
    }

    /// <summary>The next message in order, or null while it is missing.</summary>
    public NotificationMessage? Take()
    {
        if (!_held.Remove(Expected, out var message)) return null;
        Expected = Next(Expected);
        return message;
    }

    /// <summary>The missing message will not come.</summary>
    public void GiveUpExpected()
    {
        if (!HasHole) return;
        MayStillCome(Expected);
        Expected = Next(Expected);
    }

    private void MayStillCome(uint number)
    {
        if (_mayStillCome.Count > 2 * MaxHole) _mayStillCome.RemoveWhere(each => IsAfter(Expected, unchecked(each + MaxHole)));
        _mayStillCome.Add(number);
    }

    // Numbers are compared over the jump at the top.
    private static bool IsAfter(uint number, uint other) => Distance(number, other) > 0;

    private static int Distance(uint number, uint other) => unchecked((int)(number - other));
}
