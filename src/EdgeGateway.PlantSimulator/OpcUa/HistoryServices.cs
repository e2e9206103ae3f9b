namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>HistoryRead of raw values (OPC 10000-4, 5.11.3; OPC 10000-11, 6.5.3). Bounds are not made up, and nothing is ever changed.</summary>
internal sealed class HistoryServices(SimulatedServer server)
{
    private const uint RawDetails = 649;
    private const uint HistoryData = 658;

    public IReadOnlyDictionary<uint, Service> All => new Dictionary<uint, Service> { [664] = new(667, ServiceNeed.User, Read) };

    private void Read(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        var details = ReadDetails(request.ReadStructure());
        var times = AttributeServices.ReadTimes(request);
        if (times == 3) throw new UaFault(UaStatus.BadTimestampsToReturnInvalid, "history without times");
        var isRelease = request.ReadBoolean();
        var places = request.ReadOperations(server.Settings.MaxNodesPerHistoryRead, 15,
            () => (Node: request.ReadNodeId(), Range: request.ReadString(), Encoding: request.ReadQualified(), Point: request.ReadBytes()));
        answer.WriteAll(places, place =>
        {
            if (isRelease) Release(call.Session, place.Point ?? [], answer);
            else if (place.Point is { Length: > 0 } point) Continue(call.Session, point, details, times, answer);
            else if (server.Space.Find(place.Node) is not { } node) WriteNothing(answer, UaStatus.BadNodeIdUnknown);
            else if (node.Variable is not { } variable) WriteNothing(answer, UaStatus.BadHistoryOperationUnsupported);
            else WritePage(call.Session, Between(variable, details), details, times, answer);
        });
        answer.WriteNoDiagnostics();
    }

    private static Details ReadDetails((NodeKey Type, UaDecoder? Body) structure)
    {
        if (structure.Type != NodeKey.Of(RawDetails) || structure.Body is not { } body) throw new UaFault(UaStatus.BadHistoryOperationUnsupported, $"details {structure.Type}");
        var (isModified, start, end, most, hasBounds) = (body.ReadBoolean(), body.ReadInt64(), body.ReadInt64(), body.ReadUInt32(), body.ReadBoolean());
        if (isModified || hasBounds) throw new UaFault(UaStatus.BadHistoryOperationUnsupported, "modified values or bounds");
        if (start <= 0 && end <= 0) throw new UaFault(UaStatus.BadHistoryOperationInvalid, "neither start nor end");
        if ((start <= 0 || end <= 0) && most == 0) throw new UaFault(UaStatus.BadHistoryOperationInvalid, "without an end: how many values?");
        return new(Math.Max(0, start), Math.Max(0, end), most);
    }

    // Backwards if the end lies before the start, or only the end is known; the last time itself is not part of it.
    private static UaSample[] Between(ServedVariable variable, Details details)
    {
        var (start, end) = (details.Start, details.End);
        if (start > 0 && (end == 0 || start <= end))
            return [.. variable.History.Where(sample => sample.SourceTime >= start && (end == 0 || sample.SourceTime < end || start == end && sample.SourceTime == end)).Take(details.Limit)];
        var latest = start > 0 ? start : end;
        return [.. variable.History.Reverse().Where(sample => sample.SourceTime <= latest && (start == 0 || sample.SourceTime > end)).Take(details.Limit)];
    }

    private void Continue(ServerSession session, byte[] point, Details details, int times, UaEncoder answer)
    {
        if (session.Histories.TryTake(point, out var left)) WritePage(session, left ?? [], details, times, answer);
        else WriteNothing(answer, UaStatus.BadContinuationPointInvalid);
    }

    private static void Release(ServerSession session, byte[] point, UaEncoder answer) =>
        WriteNothing(answer, session.Histories.TryTake(point, out _) ? UaStatus.Good : UaStatus.BadContinuationPointInvalid);

    private void WritePage(ServerSession session, UaSample[] samples, Details details, int times, UaEncoder answer)
    {
        var room = (int)Math.Min(details.Most == 0 ? uint.MaxValue : details.Most, server.Settings.MaxHistoryValues);
        byte[]? point = null;
        if (samples.Length > room)
        {
            point = session.Histories.Keep(samples[room..], server.Settings.MaxContinuationPoints);
            if (point is null)
            {
                WriteNothing(answer, UaStatus.BadNoContinuationPoints);
                return;
            }
            samples = samples[..room];
        }
        var body = new UaEncoder(server.Settings.MaxAnswer);
        body.WriteAll(samples, sample => sample.Write(body, times));
        answer.WriteUInt32(samples.Length == 0 ? UaStatus.GoodNoData : UaStatus.Good);
        answer.WriteBytes(point);
        answer.WriteStructure(HistoryData, body.Written);
    }

    private static void WriteNothing(UaEncoder answer, uint status)
    {
        answer.WriteUInt32(status);
        answer.WriteBytes(null);
        answer.WriteNodeId(NodeKey.Null);
        answer.WriteByte(0);
    }

    /// <param name="Start">File time; 0 for none.</param>
    /// <param name="End">File time; 0 for none.</param>
    /// <param name="Most">Values in one answer; 0 for as many as the server gives.</param>
    private sealed record Details(long Start, long End, uint Most)
    {
        /// <summary>Without a second time the number of values is what ends the answer, and nothing is left of it.</summary>
        public int Limit => Start == 0 || End == 0 ? (int)Math.Min(Most, int.MaxValue) : int.MaxValue;
    }
}
