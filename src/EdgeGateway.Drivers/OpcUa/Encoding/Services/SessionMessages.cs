namespace EdgeGateway.Drivers.OpcUa.Encoding.Services;

/// <summary>A signature and how it was made.</summary>
internal readonly record struct SignatureData(string? Algorithm, ByteString Signature)
{
    public static SignatureData Read(ref UaReader reader) => new(reader.ReadString(), reader.ReadByteString());

    public void Write(UaWriter writer)
    {
        writer.WriteString(Algorithm);
        writer.WriteByteString(Signature);
    }
}

/// <summary>Makes a session (OPC 10000-4, 5.6.2).</summary>
internal sealed record CreateSessionRequest(
    ApplicationDescription Client, string EndpointUrl, string SessionName, ByteString ClientNonce, ByteString ClientCertificate, double TimeoutMilliseconds)
    : IServiceRequest<CreateSessionResponse>
{
    public uint TypeId => 461;

    public void Write(UaWriter writer)
    {
        Client.Write(writer);
        writer.WriteString(null); // the server's URI: only for gateways of servers
        writer.WriteString(EndpointUrl);
        writer.WriteString(SessionName);
        writer.WriteByteString(ClientNonce);
        writer.WriteByteString(ClientCertificate);
        writer.WriteDouble(TimeoutMilliseconds);
        writer.WriteUInt32(0); // the channel's own limit says how long a response may be
    }
}

internal sealed record CreateSessionResponse(
    NodeId SessionId, NodeId AuthenticationToken, double TimeoutMilliseconds, ByteString ServerNonce, ByteString ServerCertificate,
    EndpointDescription[] Endpoints, SignatureData ServerSignature) : IServiceResponse<CreateSessionResponse>
{
    public static uint TypeId => 464;

    public static CreateSessionResponse Read(ref UaReader reader)
    {
        var sessionId = reader.ReadNodeId();
        var token = reader.ReadNodeId();
        var timeout = reader.ReadDouble();
        var nonce = reader.ReadByteString();
        var certificate = reader.ReadByteString();
        var endpoints = reader.ReadArray(50, EndpointDescription.Read);
        reader.ReadArray(8, static (ref UaReader software) => (software.ReadByteString(), software.ReadByteString()));
        return new(sessionId, token, timeout, nonce, certificate, endpoints, SignatureData.Read(ref reader));
    }
}

/// <summary>Proves who the client and its user are; also on every new channel of the same session (OPC 10000-4, 5.6.3).</summary>
internal sealed record ActivateSessionRequest(SignatureData ClientSignature, IdentityToken User, SignatureData UserSignature)
    : IServiceRequest<ActivateSessionResponse>
{
    public uint TypeId => 467;

    public void Write(UaWriter writer)
    {
        ClientSignature.Write(writer);
        writer.WriteInt32(-1);
        writer.WriteInt32(-1);
        User.Write(writer);
        UserSignature.Write(writer);
    }
}

internal sealed record ActivateSessionResponse(ByteString ServerNonce, StatusCode[] Results) : IServiceResponse<ActivateSessionResponse>
{
    public static uint TypeId => 470;

    public static ActivateSessionResponse Read(ref UaReader reader) => new(reader.ReadByteString(), Services.Results.ReadStatuses(ref reader));
}

/// <summary>Who the user is, as it is sent: secrets are encrypted already (OPC 10000-4, 7.41).</summary>
internal abstract record IdentityToken(string? PolicyId)
{
    public abstract void Write(UaWriter writer);
}

internal sealed record AnonymousToken(string? PolicyId) : IdentityToken(PolicyId)
{
    public override void Write(UaWriter writer) => writer.WriteStructure(321, this, static (to, token) => to.WriteString(token.PolicyId));
}

internal sealed record UserNameToken(string? PolicyId, string UserName, ByteString Secret, string? EncryptionAlgorithm) : IdentityToken(PolicyId)
{
    public override void Write(UaWriter writer) => writer.WriteStructure(324, this, static (to, token) =>
    {
        to.WriteString(token.PolicyId);
        to.WriteString(token.UserName);
        to.WriteByteString(token.Secret);
        to.WriteString(token.EncryptionAlgorithm);
    });
}

internal sealed record CertificateToken(string? PolicyId, ByteString Certificate) : IdentityToken(PolicyId)
{
    public override void Write(UaWriter writer) => writer.WriteStructure(327, this, static (to, token) =>
    {
        to.WriteString(token.PolicyId);
        to.WriteByteString(token.Certificate);
    });
}

/// <summary>Ends a session (OPC 10000-4, 5.6.4).</summary>
internal sealed record CloseSessionRequest(bool DeleteSubscriptions) : IServiceRequest<CloseSessionResponse>
{
    public uint TypeId => 473;

    public void Write(UaWriter writer) => writer.WriteBoolean(DeleteSubscriptions);
}

internal sealed record CloseSessionResponse : IServiceResponse<CloseSessionResponse>
{
    public static uint TypeId => 476;

    public static CloseSessionResponse Read(ref UaReader reader) => new();
}
