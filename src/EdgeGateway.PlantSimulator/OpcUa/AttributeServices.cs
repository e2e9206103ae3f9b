using System.Globalization;

namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>Read (OPC 10000-4, 5.11.2).</summary>
internal sealed class AttributeServices(SimulatedServer server)
{
    public const uint ValueAttribute = 13;
    private const byte Readable = 1;
    private const byte WithHistory = 4;

    public IReadOnlyDictionary<uint, Service> All => new Dictionary<uint, Service> { [631] = new(634, ServiceNeed.User, Read) };

    /// <summary>What a client wants to read or to watch.</summary>
    public static (NodeKey Node, uint Attribute, string? Range, string? Encoding) ReadPlace(UaDecoder request) =>
        (request.ReadNodeId(), request.ReadUInt32(), request.ReadString(), request.ReadQualified().Name);

    /// <summary>The attribute now; a status for what cannot be had.</summary>
    public static Told Look(SimulatedServer server, UaNode? node, uint attribute, string? range, string? encoding)
    {
        if (node is null) return new(UaSample.Bad(UaStatus.BadNodeIdUnknown));
        if (!string.IsNullOrEmpty(encoding) && encoding != "Default Binary") return new(UaSample.Bad(UaStatus.BadDataEncodingUnsupported));
        if (attribute == ValueAttribute && node.Variable is { } variable)
            return string.IsNullOrEmpty(range) ? variable.Now with { Sample = variable.Now.Sample with { ServerTime = server.Now.ToFileTime() } } : new(UaSample.Bad(UaStatus.BadIndexRangeNoData));
        var now = server.Now.ToFileTime();
        if (attribute == ValueAttribute && node.Value is { } value) return new(Part(new UaSample(value(), UaStatus.Good, now, now), range));
        return Attribute(node, attribute) is { } other ? new(new UaSample(other, UaStatus.Good, 0, now)) : new(UaSample.Bad(UaStatus.BadAttributeIdInvalid));
    }

    private void Read(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        if (!(request.ReadDouble() >= 0)) throw new UaFault(UaStatus.BadMaxAgeInvalid, "an age below 0");
        var times = ReadTimes(request);
        var places = request.ReadOperations(server.Settings.MaxNodesPerRead, 16, () => ReadPlace(request));
        answer.WriteAll(places, place =>
        {
            var node = server.Space.Find(place.Node);
            var told = Look(server, node, place.Attribute, place.Range, place.Encoding);
            told.Sample.Write(answer, times);
            if (place.Attribute == ValueAttribute && node is not null) server.TakeDown(node, told);
        });
        answer.WriteNoDiagnostics();
    }

    /// <summary>Which times a client wants.</summary>
    public static int ReadTimes(UaDecoder request) =>
        request.ReadUInt32() is <= 3 and var times ? (int)times : throw new UaFault(UaStatus.BadTimestampsToReturnInvalid, "none of the four choices");

    private static UaValue? Attribute(UaNode node, uint attribute)
    {
        var isVariable = node.Class == UaNodeClass.Variable;
        var isType = node.Class is not (UaNodeClass.Variable or UaNodeClass.Object);
        return attribute switch
        {
            1 => new(UaType.NodeId, node.Key),
            2 => new(UaType.Int32, (int)node.Class),
            3 => new(UaType.QualifiedName, node.BrowseName),
            4 => new(UaType.LocalizedText, node.BrowseName.Name),
            5 => new(UaType.LocalizedText, ""),
            6 or 7 => UaValue.Of(0u),
            8 when isType => UaValue.Of(false),
            9 when node.Class == UaNodeClass.ReferenceType => UaValue.Of(false),
            12 when node.Class == UaNodeClass.Object => new(UaType.Byte, (byte)0),
            14 when isVariable => new(UaType.NodeId, node.DataType),
            15 when isVariable => new(UaType.Int32, node.IsList ? 1 : -1),
            17 or 18 when isVariable => new(UaType.Byte, node.Variable is null ? Readable : (byte)(Readable | WithHistory)),
            19 when isVariable => new(UaType.Double, 0.0),
            20 when isVariable => UaValue.Of(node.Variable is not null),
            27 when isVariable => UaValue.Of(node.Variable is null ? Readable : (uint)(Readable | WithHistory)),
            _ => null,
        };
    }

    /// <summary>Elements of a list: <c>2</c> or <c>1:3</c>.</summary>
    private static UaSample Part(UaSample sample, string? range)
    {
        if (string.IsNullOrEmpty(range)) return sample;
        var ends = range.Split(':');
        var isRange = ends.Length <= 2 && ends.All(end => int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        if (!isRange) return UaSample.Bad(UaStatus.BadIndexRangeInvalid);
        var (first, last) = (int.Parse(ends[0], CultureInfo.InvariantCulture), int.Parse(ends[^1], CultureInfo.InvariantCulture));
        if (ends.Length == 2 && first >= last) return UaSample.Bad(UaStatus.BadIndexRangeInvalid);
        if (sample.Value.Content is not object[] elements || first >= elements.Length) return UaSample.Bad(UaStatus.BadIndexRangeNoData);
        return sample with { Value = sample.Value with { Content = elements[first..Math.Min(last + 1, elements.Length)] } };
    }
}
