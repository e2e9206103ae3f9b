namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>FindServers and GetEndpoints (OPC 10000-4, 5.5), which need no session.</summary>
internal sealed class DiscoveryServices(SimulatedServer server)
{
    public const string AnonymousPolicy = "anonymous";
    public const string UserPolicy = "user";
    private const string Transport = "http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary";

    public IReadOnlyDictionary<uint, Service> All => new Dictionary<uint, Service>
    {
        [422] = new(425, ServiceNeed.Nothing, FindServers),
        [428] = new(431, ServiceNeed.Nothing, GetEndpoints),
    };

    /// <summary>What this server offers; the same here and in every session.</summary>
    public static void WriteEndpoints(SimulatedServer server, UaEncoder answer)
    {
        var settings = server.Settings;
        var offers = new List<(ChannelMode Mode, string Policy, byte Level)>();
        if (settings.HasNone) offers.Add((ChannelMode.None, ServerChannel.NonePolicy, 0));
        if (settings.HasBasic256Sha256)
        {
            offers.Add((ChannelMode.Sign, Basic256Sha256.Uri, 2));
            offers.Add((ChannelMode.SignAndEncrypt, Basic256Sha256.Uri, 3));
        }
        answer.WriteAll(offers, offer =>
        {
            answer.WriteString(server.Url);
            WriteApplication(server, answer);
            answer.WriteBytes(server.Identity.Certificate);
            answer.WriteInt32((int)offer.Mode);
            answer.WriteString(offer.Policy);
            WriteUsers(settings, answer);
            answer.WriteString(Transport);
            answer.WriteByte(offer.Level);
        });
    }

    private static void WriteUsers(ServerSettings settings, UaEncoder answer)
    {
        var users = new List<(string Id, int Kind, string? Policy)>();
        if (settings.TakesAnonymous) users.Add((AnonymousPolicy, 0, null));
        // Always encrypted, on whatever channel.
        if (!settings.Users.IsEmpty) users.Add((UserPolicy, 1, Basic256Sha256.Uri));
        answer.WriteAll(users, user =>
        {
            answer.WriteString(user.Id);
            answer.WriteInt32(user.Kind);
            answer.WriteString(null);
            answer.WriteString(null);
            answer.WriteString(user.Policy);
        });
    }

    private static void WriteApplication(SimulatedServer server, UaEncoder answer)
    {
        answer.WriteString(server.Settings.ApplicationUri);
        answer.WriteString("urn:simulated-plant");
        answer.WriteLocalized(server.Name);
        answer.WriteInt32(0);
        answer.WriteString(null);
        answer.WriteString(null);
        answer.WriteAll([server.Url], answer.WriteString);
    }

    private void FindServers(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        request.ReadString();
        SkipTexts(request);
        var wanted = ReadTexts(request);
        var isWanted = wanted.Count == 0 || wanted.Contains(server.Settings.ApplicationUri);
        answer.WriteInt32(isWanted ? 1 : 0);
        if (isWanted) WriteApplication(server, answer);
    }

    private void GetEndpoints(ServiceCall call, UaDecoder request, UaEncoder answer)
    {
        request.ReadString();
        SkipTexts(request);
        var profiles = ReadTexts(request);
        if (profiles.Count == 0 || profiles.Contains(Transport)) WriteEndpoints(server, answer);
        else answer.WriteInt32(0);
    }

    private static List<string?> ReadTexts(UaDecoder request)
    {
        var texts = new List<string?>();
        for (var left = request.ReadCount(4); left > 0; left--) texts.Add(request.ReadString());
        return texts;
    }

    private static void SkipTexts(UaDecoder request)
    {
        for (var left = request.ReadCount(4); left > 0; left--) request.ReadString();
    }
}
