using EdgeGateway.Drivers;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Acquisition;

/// <summary>
/// Says once which signals a device refuses (no such address, no such function), and once when it no longer does: a mistake in a device map shows in the log and
/// not only as a quality. Looks at single readings only while something is wrong.
/// </summary>
internal sealed class Refusals(ILogger log)
{
    private readonly HashSet<SignalId> _refused = [];

    /// <summary>Looks at a closed poll.</summary>
    public void Look(string line, string device, PollSink poll)
    {
        if (_refused.Count == 0 && poll.Good == poll.Readings) return;
        foreach (var block in poll.Blocks)
        {
            for (var i = 0; i < block.Count; i++)
            {
                var signal = block.Group.Signals[block.First + i].Id;
                switch (block.Readings[i].Quality)
                {
                    case Quality.IllegalAddress or Quality.IllegalFunction:
                        if (_refused.Add(signal)) log.SignalRefused(line, device, signal, block.Readings[i].Quality);
                        break;
                    case Quality.Good or Quality.OutOfRange:
                        if (_refused.Remove(signal)) log.SignalAccepted(line, device, signal);
                        break;
                }
            }
        }
    }
}
