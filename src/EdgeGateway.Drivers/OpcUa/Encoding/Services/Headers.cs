namespace EdgeGateway.Drivers.OpcUa.Encoding.Services;

/// <summary>What stands before every request (OPC 10000-4, 7.33). No diagnostics are ever asked for.</summary>
internal readonly record struct RequestHeader(NodeId AuthenticationToken, OpcUaTime Time, uint Handle, uint TimeoutMilliseconds)
{
    public void Write(UaWriter writer)
    {
        writer.WriteNodeId(AuthenticationToken);
        writer.WriteTime(Time);
        writer.WriteUInt32(Handle);
        writer.WriteUInt32(0);
        writer.WriteString(null);
        writer.WriteUInt32(TimeoutMilliseconds);
        writer.WriteNoStructure();
    }
}

/// <summary>What stands before every response (OPC 10000-4, 7.34).</summary>
internal readonly record struct ResponseHeader(OpcUaTime Time, uint Handle, StatusCode Result)
{
    public static ResponseHeader Read(ref UaReader reader)
    {
        var time = reader.ReadTime();
        var handle = reader.ReadUInt32();
        var result = reader.ReadStatus();
        reader.ReadDiagnosticInfo();
        reader.ReadArray(4, static (ref UaReader text) => text.ReadString());
        reader.ReadExtensionObject();
        return new ResponseHeader(time, handle, result);
    }

    public void Write(UaWriter writer)
    {
        writer.WriteTime(Time);
        writer.WriteUInt32(Handle);
        writer.WriteStatus(Result);
        writer.WriteByte(0);
        writer.WriteInt32(-1);
        writer.WriteNoStructure();
    }
}
