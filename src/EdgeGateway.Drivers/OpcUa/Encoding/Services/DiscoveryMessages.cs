namespace EdgeGateway.Drivers.OpcUa.Encoding.Services;

/// <summary>A server or client as it describes itself.</summary>
internal sealed record ApplicationDescription(
    string? ApplicationUri, string? ProductUri, LocalizedText Name, int Kind, string? GatewayUri, string? ProfileUri, string?[] DiscoveryUrls)
{
    public const int Client = 1;

    public const int LeastBytes = 25;

    public static ApplicationDescription Read(ref UaReader reader) => new(
        reader.ReadString(), reader.ReadString(), reader.ReadLocalizedText(), reader.ReadInt32(), reader.ReadString(), reader.ReadString(),
        reader.ReadArray(4, static (ref UaReader url) => url.ReadString()));

    public void Write(UaWriter writer)
    {
        writer.WriteString(ApplicationUri);
        writer.WriteString(ProductUri);
        writer.WriteLocalizedText(Name);
        writer.WriteInt32(Kind);
        writer.WriteString(GatewayUri);
        writer.WriteString(ProfileUri);
        writer.WriteArray(DiscoveryUrls, static (to, url) => to.WriteString(url));
    }
}

/// <summary>How a user may say who he is.</summary>
internal enum UserTokenKind
{
    Anonymous = 0,
    UserName = 1,
    Certificate = 2,
    IssuedToken = 3,
}

/// <summary>A way of saying who the user is that an endpoint takes; its security policy is empty where that of the endpoint counts.</summary>
internal sealed record UserTokenPolicy(string? PolicyId, UserTokenKind Kind, string? IssuedTokenType, string? IssuerUrl, string? SecurityPolicyUri)
{
    public static UserTokenPolicy Read(ref UaReader reader) =>
        new(reader.ReadString(), (UserTokenKind)reader.ReadInt32(), reader.ReadString(), reader.ReadString(), reader.ReadString());
}

/// <summary>One way of connecting that a server offers.</summary>
internal sealed record EndpointDescription(
    string? Url, ApplicationDescription Server, ByteString ServerCertificate, MessageSecurityMode Mode, string? SecurityPolicyUri,
    UserTokenPolicy[] UserTokens, string? TransportProfileUri, byte SecurityLevel)
{
    public static EndpointDescription Read(ref UaReader reader) => new(
        reader.ReadString(), ApplicationDescription.Read(ref reader), reader.ReadByteString(), (MessageSecurityMode)reader.ReadInt32(), reader.ReadString(),
        reader.ReadArray(20, UserTokenPolicy.Read), reader.ReadString(), reader.ReadByte());
}

/// <summary>Asks for the endpoints of a server (OPC 10000-4, 5.4.4).</summary>
internal sealed record GetEndpointsRequest(string EndpointUrl) : IServiceRequest<GetEndpointsResponse>
{
    public uint TypeId => 428;

    public void Write(UaWriter writer)
    {
        writer.WriteString(EndpointUrl);
        writer.WriteInt32(-1);
        writer.WriteInt32(-1);
    }
}

internal sealed record GetEndpointsResponse(EndpointDescription[] Endpoints) : IServiceResponse<GetEndpointsResponse>
{
    public static uint TypeId => 431;

    public static GetEndpointsResponse Read(ref UaReader reader) => new(reader.ReadArray(50, EndpointDescription.Read));
}

/// <summary>Asks which servers are known there (OPC 10000-4, 5.4.2).</summary>
internal sealed record FindServersRequest(string EndpointUrl) : IServiceRequest<FindServersResponse>
{
    public uint TypeId => 422;

    public void Write(UaWriter writer)
    {
        writer.WriteString(EndpointUrl);
        writer.WriteInt32(-1);
        writer.WriteInt32(-1);
    }
}

internal sealed record FindServersResponse(ApplicationDescription[] Servers) : IServiceResponse<FindServersResponse>
{
    public static uint TypeId => 425;

    public static FindServersResponse Read(ref UaReader reader) => new(reader.ReadArray(ApplicationDescription.LeastBytes, ApplicationDescription.Read));
}
