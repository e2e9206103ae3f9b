using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Encoding;

namespace EdgeGateway.Drivers.Tests.OpcUa.Scripted;

/// <summary>A request as it came: its type, whose session it names, and what is behind its header.</summary>
internal sealed record ServiceCall(ServerConnection Connection, uint RequestId, uint TypeId, NodeId Token, uint Handle, byte[] Body)
{
    public static ServiceCall Read(ServerConnection connection, uint requestId, ReadOnlySpan<byte> message)
    {
        var reader = new UaReader(message, DecodeLimits.Default);
        var type = reader.ReadNodeId().Number;
        var token = reader.ReadNodeId();
        reader.ReadTime();
        var handle = reader.ReadUInt32();
        reader.ReadUInt32();
        reader.ReadString();
        reader.ReadUInt32();
        reader.ReadExtensionObject();
        return new(connection, requestId, type, token, handle, message[reader.Position..].ToArray());
    }

    /// <summary>How many items a request to watch nodes has.</summary>
    public int ItemCount
    {
        get
        {
            var reader = Open();
            reader.ReadUInt32();
            reader.ReadInt32();
            return reader.ReadInt32();
        }
    }

    /// <summary>The names of the nodes in a request to watch some.</summary>
    public IReadOnlyList<string?> WatchedNodes
    {
        get
        {
            var reader = Open();
            reader.ReadUInt32();
            reader.ReadInt32();
            return reader.ReadArray(1, static (ref UaReader each) =>
            {
                var node = each.ReadNodeId();
                each.ReadUInt32();
                each.ReadString();
                each.ReadQualifiedName();
                each.ReadInt32();
                each.ReadUInt32();
                each.ReadDouble();
                each.ReadExtensionObject();
                each.ReadUInt32();
                each.ReadBoolean();
                return node.Text;
            });
        }
    }

    /// <summary>The numbers of the nodes in a request to read.</summary>
    public IReadOnlyList<uint> ReadNodes
    {
        get
        {
            var reader = Open();
            reader.ReadDouble();
            reader.ReadInt32();
            return reader.ReadArray(1, static (ref UaReader each) =>
            {
                var node = each.ReadNodeId();
                each.ReadUInt32();
                each.ReadString();
                each.ReadQualifiedName();
                return node.Number;
            });
        }
    }

    public UaReader Open() => new(Body, DecodeLimits.Default);
}

/// <summary>What the script does with a request instead of answering it as a good server would.</summary>
internal sealed record Deed
{
    /// <summary>The whole call is refused.</summary>
    public StatusCode? Refusal { get; init; }

    /// <summary>It is done, and its answer never comes.</summary>
    public bool IsAnswerLost { get; init; }

    /// <summary>Nothing is done: the test answers when it wants to.</summary>
    public bool IsHeld { get; init; }

    /// <summary>The connection is closed behind it.</summary>
    public bool IsLinkCut { get; init; }

    public static Deed Refuse(StatusCode status) => new() { Refusal = status };

    /// <summary>Done at the server; the link breaks before the answer.</summary>
    public static Deed LoseLink { get; } = new() { IsAnswerLost = true, IsLinkCut = true };
}
