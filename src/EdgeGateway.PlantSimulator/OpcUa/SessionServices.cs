using System.Security.Cryptography;
using System.Text;

namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>CreateSession, ActivateSession and CloseSession (OPC 10000-4, 5.7).</summary>
internal sealed class SessionServices(SimulatedServer server)
{
    private const uint Anonymous = 321;
    private const uint UserName = 324;
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    public IReadOnlyDictionary<uint, Service> All => new Dictionary<uint, Service>
    {
        [461] = new(464, ServiceNeed.Nothing, Create),
        [467] = new(470, ServiceNeed.Session, Activate),
        [473] = new(476, ServiceNeed.Session, Close),
    };

    private void Create(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        var channel = call.Connection.Channel;
        if (!channel.IsSecure && !server.Settings.HasNone) throw new UaFault(UaStatus.BadSecurityPolicyRejected, "no sessions without security");
        var clientUri = ReadClient(request);
        request.ReadString();
        request.ReadString();
        request.ReadString();
        var (nonce, certificate, timeout) = (request.ReadBytes() ?? [], request.ReadBytes(), request.ReadDouble());
        if (channel.IsSecure && nonce.Length < Basic256Sha256.NonceBytes) throw new UaFault(UaStatus.BadNonceInvalid, $"a nonce of {nonce.Length} bytes");
        if (channel.IsSecure && !(certificate ?? []).AsSpan().SequenceEqual(channel.ClientCertificate)) throw new UaFault(UaStatus.BadCertificateInvalid, "another certificate than the channel's");
        if (server.Sessions.Count >= server.Settings.MaxSessions) throw new UaFault(UaStatus.BadTooManySessions, $"{server.Settings.MaxSessions} sessions");
        var granted = double.IsFinite(timeout) && timeout > 0 ? TimeSpan.FromMilliseconds(Math.Clamp(timeout, ShortestTimeout.TotalMilliseconds, LongestTimeout.TotalMilliseconds)) : LongestTimeout;
        var session = new ServerSession(NodeKey.OfBytes(BitConverter.GetBytes(server.NextNumber())), NodeKey.OfBytes(SimulatedServer.Nonce()), clientUri, granted)
        {
            Connection = call.Connection,
            ClientCertificate = channel.ClientCertificate,
            Nonce = SimulatedServer.Nonce(),
            HeardAt = server.Time.GetTimestamp(),
        };
        server.Sessions.Add(session.Token, session);
        answer.WriteNodeId(session.Id);
        answer.WriteNodeId(session.Token);
        answer.WriteDouble(granted.TotalMilliseconds);
        answer.WriteBytes(session.Nonce);
        WriteProof(channel, certificate, nonce, answer);
        answer.WriteUInt32((uint)server.Settings.MaxRequest);
    }

    /// <summary>The certificate, the endpoints, and the signature that proves both to be ours; of a fault a stranger's certificate and signature.</summary>
    private void WriteProof(ServerChannel channel, byte[]? clientCertificate, byte[] clientNonce, UaEncoder answer)
    {
        using var stranger = server.Fault.Kind == FaultKind.WrongCertificate ? ServerIdentity.Create(server.Name, server.Settings, server.Time) : null;
        var shown = stranger ?? channel.Identity;
        answer.WriteBytes(channel.IsSecure || server.Settings.HasBasic256Sha256 ? shown.Certificate : null);
        DiscoveryServices.WriteEndpoints(server, answer);
        answer.WriteInt32(-1);
        answer.WriteString(channel.IsSecure ? Basic256Sha256.SignatureAlgorithm : null);
        answer.WriteBytes(channel.IsSecure ? Basic256Sha256.Sign(shown.Key, (byte[])[.. clientCertificate ?? [], .. clientNonce]) : null);
    }

    private void Activate(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        var (session, channel) = (call.Session, call.Connection.Channel);
        var (algorithm, signature) = (request.ReadString(), request.ReadBytes() ?? []);
        CheckClient(session, channel, algorithm, signature);
        for (var left = request.ReadCount(8); left > 0; left--) (_, _) = (request.ReadBytes(), request.ReadBytes());
        for (var left = request.ReadCount(4); left > 0; left--) request.ReadString();
        var user = ReadUser(session, channel, request.ReadStructure());
        if (session.IsActive && user != session.User) throw new UaFault(UaStatus.BadIdentityTokenRejected, "the session is another user's");
        if (session.Connection != call.Connection) session.Waiting.Clear(); // nobody hears answers on the old channel
        (session.Connection, session.User, session.IsActive, session.Nonce) = (call.Connection, user, true, SimulatedServer.Nonce());
        answer.WriteBytes(session.Nonce);
        answer.WriteInt32(0);
        answer.WriteNoDiagnostics();
    }

    private void Close(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        if (call.Session.Connection != call.Connection) throw new UaFault(UaStatus.BadSecureChannelIdInvalid, "the session is on another channel");
        server.Close(call.Session, request.ReadBoolean());
    }

    private static string ReadClient(UaDecoder request)
    {
        var uri = request.ReadString();
        request.ReadString();
        request.ReadLocalized();
        request.ReadUInt32();
        request.ReadString();
        request.ReadString();
        for (var left = request.ReadCount(4); left > 0; left--) request.ReadString();
        return uri ?? "";
    }

    /// <summary>Whoever activates a session has to have the key of whoever made it.</summary>
    private static void CheckClient(ServerSession session, ServerChannel channel, string? algorithm, byte[] signature)
    {
        if (!(channel.ClientCertificate ?? []).AsSpan().SequenceEqual(session.ClientCertificate ?? [])) throw new UaFault(UaStatus.BadSecurityChecksFailed, "another certificate than the session's");
        if (channel.ClientKey is not { } key)
        {
            if (session.IsActive && session.Connection != null && session.Connection.Channel != channel) throw new UaFault(UaStatus.BadSecurityChecksFailed, "the session is in use on another channel");
            return;
        }
        byte[] signed = [.. channel.Identity.Certificate, .. session.Nonce];
        if (algorithm != Basic256Sha256.SignatureAlgorithm || !Basic256Sha256.IsSignedBy(key, signed, signature)) throw new UaFault(UaStatus.BadApplicationSignatureInvalid, "the client's signature is wrong");
    }

    private string? ReadUser(ServerSession session, ServerChannel channel, (NodeKey Type, UaDecoder? Body) token)
    {
        if (token.Body is null || token.Type == NodeKey.Of(Anonymous))
            return server.Settings.TakesAnonymous ? null : throw new UaFault(UaStatus.BadIdentityTokenRejected, "a user is needed");
        if (token.Type != NodeKey.Of(UserName)) throw new UaFault(UaStatus.BadIdentityTokenInvalid, $"identity {token.Type}");
        var (policy, name, secret, algorithm) = (token.Body.ReadString(), token.Body.ReadString() ?? "", token.Body.ReadBytes() ?? [], token.Body.ReadString());
        if (policy != DiscoveryServices.UserPolicy || algorithm != Basic256Sha256.EncryptionAlgorithm) throw new UaFault(UaStatus.BadIdentityTokenInvalid, $"policy {policy}, algorithm {algorithm}");
        var isRight = CryptographicOperations.FixedTimeEquals(ReadPassword(session, channel, secret), Encoding.UTF8.GetBytes(server.Settings.Users.GetValueOrDefault(name, "")));
        return isRight && server.Settings.Users.ContainsKey(name) ? name : throw new UaFault(UaStatus.BadUserAccessDenied, "no such user, or another password");
    }

    // Length, password, and the nonce, which makes the secret good for this session only (OPC 10000-4, 7.41.2.2).
    private static byte[] ReadPassword(ServerSession session, ServerChannel channel, byte[] secret)
    {
        byte[] plain;
        try
        {
            plain = Basic256Sha256.Decrypt(channel.Identity.Key, secret);
        }
        catch (UaFault)
        {
            throw new UaFault(UaStatus.BadIdentityTokenInvalid, "a secret that is not for this server");
        }
        var reader = new UaDecoder(plain);
        var length = reader.ReadInt32();
        if (length != reader.Left || length < session.Nonce.Length || !CryptographicOperations.FixedTimeEquals(plain.AsSpan(plain.Length - session.Nonce.Length), session.Nonce))
            throw new UaFault(UaStatus.BadIdentityTokenInvalid, "a secret that is not for this session");
        return plain[4..^session.Nonce.Length];
    }
}
