using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>What has arrived and is told to the server with the next request. From any thread.</summary>
internal sealed class AcknowledgementList
{
    // What is not acknowledged is only kept longer by the server.
    private const int Most = 1000;

    private readonly Lock _lock = new();
    private readonly List<Acknowledgement> _waiting = [];

    public void Add(uint subscriptionId, uint number)
    {
        lock (_lock)
        {
            if (_waiting.Count < Most) _waiting.Add(new(subscriptionId, number));
        }
    }

    public Acknowledgement[] Take()
    {
        lock (_lock)
        {
            Acknowledgement[] taken = [.. _waiting];
            _waiting.Clear();
            return taken;
        }
    }
}
