namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>A value with its status and its times; what the standard calls a DataValue.</summary>
/// <param name="SourceTime">File time; 0 for none.</param>
/// <param name="ServerTime">File time; 0 for none.</param>
internal readonly record struct UaSample(UaValue Value, uint Status, long SourceTime, long ServerTime)
{
    public static UaSample Bad(uint status) => new(UaValue.None, status, 0, 0);

    public bool IsGood => Status >> 30 == 0;

    /// <summary>Writes what the client wants to have of it.</summary>
    /// <param name="to">Where.</param>
    /// <param name="times">Which times: 0 the source's, 1 the server's, 2 both, 3 none.</param>
    public void Write(UaEncoder to, int times)
    {
        var hasSource = times is 0 or 2 && SourceTime > 0;
        var hasServer = times is 1 or 2 && ServerTime > 0;
        to.WriteByte((byte)((Value.Type != UaType.Null ? 1 : 0) | (Status != 0 ? 2 : 0) | (hasSource ? 4 : 0) | (hasServer ? 8 : 0)));
        if (Value.Type != UaType.Null) to.WriteVariant(Value);
        if (Status != 0) to.WriteUInt32(Status);
        if (hasSource) to.WriteInt64(SourceTime);
        if (hasServer) to.WriteInt64(ServerTime);
    }
}
