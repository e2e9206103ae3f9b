namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>Browse, BrowseNext, TranslateBrowsePathsToNodeIds, RegisterNodes and UnregisterNodes (OPC 10000-4, 5.9).</summary>
internal sealed class ViewServices(SimulatedServer server)
{
    private const int MaxSteps = 64;

    public IReadOnlyDictionary<uint, Service> All => new Dictionary<uint, Service>
    {
        [527] = new(530, ServiceNeed.User, Browse),
        [533] = new(536, ServiceNeed.User, BrowseNext),
        [554] = new(557, ServiceNeed.User, Translate),
        [560] = new(563, ServiceNeed.User, Register),
        [566] = new(569, ServiceNeed.User, Unregister),
    };

    private void Browse(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        request.ReadNodeId();
        request.ReadInt64();
        request.ReadUInt32();
        var asked = request.ReadUInt32();
        var most = (int)Math.Min(asked == 0 ? uint.MaxValue : asked, server.Settings.MaxReferences);
        var wanted = request.ReadOperations(server.Settings.MaxNodesPerBrowse, 15,
            () => (Node: request.ReadNodeId(), Direction: request.ReadUInt32(), Type: request.ReadNodeId(), Subtypes: request.ReadBoolean(), Classes: request.ReadUInt32(), Fields: request.ReadUInt32()));
        answer.WriteAll(wanted, one =>
        {
            if (server.Space.Find(one.Node) is not { } node) WriteNothing(answer, UaStatus.BadNodeIdUnknown);
            else if (one.Direction > 2) WriteNothing(answer, UaStatus.BadBrowseDirectionInvalid);
            else if (!one.Type.IsNull && server.Space.Find(one.Type)?.Class != UaNodeClass.ReferenceType) WriteNothing(answer, UaStatus.BadReferenceTypeIdInvalid);
            else
            {
                var found = node.References.Where(reference => one.Direction == 2 || reference.IsForward == (one.Direction == 0))
                    .Where(reference => ReferenceTypes.IsMeant(reference.Type, one.Type, one.Subtypes))
                    .Where(reference => one.Classes == 0 || ((uint)reference.Target.Class & one.Classes) != 0).ToList();
                WriteFound(call.Session, answer, found, most, one.Fields);
            }
        });
        answer.WriteNoDiagnostics();
    }

    private void BrowseNext(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        var isRelease = request.ReadBoolean();
        var points = request.ReadOperations(server.Settings.MaxNodesPerBrowse, 4, () => request.ReadBytes() ?? []);
        answer.WriteAll(points, point =>
        {
            if (!call.Session.Browsing.TryTake(point, out var left) || left is not { } rest) WriteNothing(answer, UaStatus.BadContinuationPointInvalid);
            else if (isRelease) WriteNothing(answer, UaStatus.Good);
            else WriteFound(call.Session, answer, rest.References, rest.Most, rest.Fields);
        });
        answer.WriteNoDiagnostics();
    }

    private void Translate(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        var paths = request.ReadOperations(server.Settings.MaxNodesPerTranslate, 6, () => (From: request.ReadNodeId(), Steps: ReadSteps(request)));
        answer.WriteAll(paths, path =>
        {
            var found = server.Space.Find(path.From) is { } from ? Follow(from, path.Steps) : null;
            answer.WriteUInt32(found is null ? UaStatus.BadNodeIdUnknown : found.Count == 0 ? UaStatus.BadNoMatch : UaStatus.Good);
            answer.WriteAll(found ?? [], node =>
            {
                answer.WriteNodeId(node.Key);
                answer.WriteUInt32(uint.MaxValue);
            });
        });
        answer.WriteNoDiagnostics();
    }

    private static List<UaNode> Follow(UaNode from, List<(NodeKey Type, bool IsInverse, bool Subtypes, (ushort, string?) Name)> steps)
    {
        List<UaNode> here = [from];
        foreach (var step in steps)
            here = [.. here.SelectMany(node => node.References).Where(reference => reference.IsForward != step.IsInverse && ReferenceTypes.IsMeant(reference.Type, step.Type, step.Subtypes)
                && reference.Target.BrowseName == step.Name).Select(reference => reference.Target).Distinct()];
        return here;
    }

    private static List<(NodeKey, bool, bool, (ushort, string?))> ReadSteps(UaDecoder request)
    {
        var steps = new List<(NodeKey, bool, bool, (ushort, string?))>();
        var left = request.ReadCount(10);
        if (left > MaxSteps) throw new UaFault(UaStatus.BadTooManyOperations, $"a path of {left} steps, at most {MaxSteps}");
        for (; left > 0; left--) steps.Add((request.ReadNodeId(), request.ReadBoolean(), request.ReadBoolean(), request.ReadQualified()));
        return steps;
    }

    private void Register(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        var nodes = request.ReadOperations(server.Settings.MaxNodesPerRegister, 2, request.ReadNodeId);
        if (nodes.Any(node => server.Space.Find(node) is null)) throw new UaFault(UaStatus.BadNodeIdUnknown, "one of them is no node");
        answer.WriteAll(nodes, answer.WriteNodeId);
    }

    private void Unregister(ServiceCall call, UaDecoder request, UaEncoder answer) => request.ReadOperations(server.Settings.MaxNodesPerRegister, 2, request.ReadNodeId);

    private void WriteFound(ServerSession session, UaEncoder answer, List<UaReference> found, int most, uint fields)
    {
        byte[]? point = null;
        if (found.Count > most)
        {
            point = session.Browsing.Keep(new(found[most..], most, fields), server.Settings.MaxContinuationPoints);
            if (point is null)
            {
                WriteNothing(answer, UaStatus.BadNoContinuationPoints);
                return;
            }
            found = found[..most];
        }
        answer.WriteUInt32(UaStatus.Good);
        answer.WriteBytes(point);
        answer.WriteAll(found, reference => Write(answer, reference, fields));
    }

    // The fields that are not asked for stay empty (OPC 10000-4, 5.9.2.2, resultMask).
    private static void Write(UaEncoder answer, UaReference reference, uint fields)
    {
        var node = reference.Target;
        answer.WriteNodeId((fields & 1) != 0 ? NodeKey.Of(reference.Type) : NodeKey.Null);
        answer.WriteBoolean((fields & 2) != 0 && reference.IsForward);
        answer.WriteNodeId(node.Key);
        answer.WriteQualified((fields & 8) != 0 ? node.BrowseName.Index : (ushort)0, (fields & 8) != 0 ? node.BrowseName.Name : null);
        answer.WriteLocalized((fields & 16) != 0 ? node.BrowseName.Name : null);
        answer.WriteInt32((fields & 4) != 0 ? (int)node.Class : 0);
        answer.WriteNodeId((fields & 32) != 0 ? node.TypeDefinition : NodeKey.Null);
    }

    private static void WriteNothing(UaEncoder answer, uint status)
    {
        answer.WriteUInt32(status);
        answer.WriteBytes(null);
        answer.WriteInt32(0);
    }
}
