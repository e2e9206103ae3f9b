using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>How much the server takes in one call (OPC 10000-5, 6.3.11). Where it says nothing, <see cref="Cautious"/>.</summary>
internal sealed record ServerLimits(int Read, int Browse, int Register, int Translate, int MonitoredItems, int HistoryRead)
{
    private const int Unknown = 1000;
    private const int MostAtOnce = 10_000;

    /// <summary>Until the server has been asked.</summary>
    public static ServerLimits Cautious { get; } = new(Unknown, 100, Unknown, Unknown, Unknown, 10);

    /// <summary>True if a refusal means that less must be asked for at once.</summary>
    public static bool IsPassed(StatusCode status) => status.Code == StatusCodes.BadTooManyOperations || status.Code == StatusCodes.BadRequestTooLarge
        || status.Code == StatusCodes.BadResponseTooLarge || status.Code == StatusCodes.BadEncodingLimitsExceeded;

    /// <summary>Asks the server; a limit that it does not tell stays cautious.</summary>
    public static async Task<ServerLimits> AskAsync(Session session, CancellationToken cancellationToken)
    {
        uint[] nodes = [11705, 11710, 11711, 11712, 11714, 12165];
        var values = await new NodeAccess(session, Cautious).ReadAsync([.. nodes.Select(node => new ReadValueId(new NodeId(node)))], cancellationToken).ConfigureAwait(false);
        return new(At(0, Cautious.Read), At(1, Cautious.Browse), At(2, Cautious.Register), At(3, Cautious.Translate), At(4, Cautious.MonitoredItems), At(5, Cautious.HistoryRead));

        int At(int index, int unknown)
        {
            if (index >= values.Length || !values[index].Status.IsGood || values[index].Value.Type != BuiltInType.UInt32) return unknown;
            var told = values[index].Value.Bits;
            return told == 0 ? unknown : (int)Math.Min(told, MostAtOnce);
        }
    }
}
