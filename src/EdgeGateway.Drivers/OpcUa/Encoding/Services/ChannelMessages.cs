namespace EdgeGateway.Drivers.OpcUa.Encoding.Services;

/// <summary>How messages of a channel are protected.</summary>
internal enum MessageSecurityMode
{
    Invalid = 0,
    None = 1,
    Sign = 2,
    SignAndEncrypt = 3,
}

/// <summary>Opens a channel or renews its token (OPC 10000-4, 5.5.2).</summary>
internal sealed record OpenSecureChannelRequest(bool IsRenewal, MessageSecurityMode Mode, ByteString ClientNonce, uint LifetimeMilliseconds)
    : IServiceRequest<OpenSecureChannelResponse>
{
    public uint TypeId => 446;

    public void Write(UaWriter writer)
    {
        writer.WriteUInt32(0); // the protocol version of Hello
        writer.WriteInt32(IsRenewal ? 1 : 0);
        writer.WriteInt32((int)Mode);
        writer.WriteByteString(ClientNonce);
        writer.WriteUInt32(LifetimeMilliseconds);
    }
}

/// <summary>The token that secures what follows.</summary>
internal sealed record OpenSecureChannelResponse(uint ChannelId, uint TokenId, OpcUaTime CreatedAt, uint LifetimeMilliseconds, ByteString ServerNonce)
    : IServiceResponse<OpenSecureChannelResponse>
{
    public static uint TypeId => 449;

    public static OpenSecureChannelResponse Read(ref UaReader reader)
    {
        reader.ReadUInt32();
        return new(reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadTime(), reader.ReadUInt32(), reader.ReadByteString());
    }
}
