using System.Collections.Immutable;
using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>What <c>site.yaml</c> says.</summary>
internal sealed record SiteSettings(
    string Site, string Gateway, string Title, BrokerSettings Broker, RecordingSettings Recording, OutboxSettings Outbox, SigningSettings Signing, MirrorSettings? Mirror);

/// <summary>Reads <c>site.yaml</c>.</summary>
internal sealed class SiteReader(SiteFolder folder, FaultList faults)
{
    public const string FileName = "site.yaml";

    private static readonly Dictionary<string, MqttVersion> Versions = new() { ["5"] = MqttVersion.V5, ["3.1.1"] = MqttVersion.V311 };
    private static readonly Dictionary<string, bool> Compressions = new() { ["none"] = false, ["zstd"] = true };
    private static readonly Dictionary<string, SigningProfile> Profiles = new() { ["es256"] = SigningProfile.Es256, ["sm2"] = SigningProfile.Sm2Sm3, ["both"] = SigningProfile.Both };
    private static readonly Dictionary<string, string> KeyPlaces = new() { ["file"] = "file", ["pkcs11"] = "pkcs11", ["cng"] = "cng" };
    private static readonly Dictionary<string, bool> WhenExpired = new() { ["wait"] = true, ["sign"] = false };
    private static readonly Dictionary<string, bool> YesOrNo = new() { ["yes"] = true, ["no"] = false };

    private const int LongestTitle = 200;
    private const long LeastBytes = 4L << 20;
    private const long MostBytes = 1L << 40;

    /// <summary>The settings; null if there was a fault.</summary>
    public SiteSettings? Read()
    {
        var faultsBefore = faults.Count;
        if (folder.ReadText(FileName) is not { } text || YamlText.Read(FileName, text, faults) is not { } root) return null;
        if (Section.Of(FileName, 1, root, FileName, faults) is not { } section) return null;
        section.Allow(ConfigKeys.Site);
        var row = section.Row(["site", "gateway", "title"]);
        var site = Section.RequiredName(row, "site");
        var gateway = Section.RequiredName(row, "gateway");
        var title = ReadTitle(row) ?? site;
        var broker = ReadBroker(section);
        var recording = ReadRecording(section);
        var outbox = ReadOutbox(section);
        var signing = ReadSigning(section);
        var mirror = ReadMirror(section);
        return faults.Count == faultsBefore && site is not null && gateway is not null && title is not null && broker is not null
            ? new SiteSettings(site, gateway, title, broker, recording, outbox, signing, mirror)
            : null;
    }

    private static string? ReadTitle(SettingRow row)
    {
        var title = row.Text("title");
        if (title is not null && (title.Length > LongestTitle || title.Any(char.IsControl)))
            row.Refuse("title", title, $"one line of at most {LongestTitle} characters", "shorten title");
        return title;
    }

    private BrokerSettings? ReadBroker(Section site)
    {
        if (site.Find("broker") is null or { Value.IsEmpty: true })
        {
            site.RefuseMissing("broker", "a mapping with at least urls", "add broker: with urls: below it");
            return null;
        }
        if (site.Child("broker") is not { } section) return null;
        section.Allow(ConfigKeys.Broker);
        var row = section.Row(ConfigKeys.Broker.Where(key => key != "urls"));
        var urls = ReadUrls(section);
        var broker = new BrokerSettings
        {
            Urls = urls,
            Mqtt = row.OneOf("mqtt", MqttVersion.V5, Versions),
            IsCompressed = row.OneOf("compression", false, Compressions),
            Root = ReadRoot(row),
            CaFile = ReadFile(row, "ca"),
            ClientCertificateFile = ReadFile(row, "client-certificate"),
            ClientKeyFile = ReadFile(row, "client-key"),
            UserName = row.Text("username"),
            PasswordFile = ReadFile(row, "password-file"),
            CommandKeyFile = ReadFile(row, "command-key"),
            KeepAlive = row.Duration("keep-alive", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10)),
            AckTimeout = row.Duration("ack-timeout", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)),
            Window = row.Whole("window", 16, 1, 64),
            Overlap = row.Duration("overlap", TimeSpan.FromSeconds(30), TimeSpan.Zero, TimeSpan.FromMinutes(10)),
            BacklogPerSecond = row.Whole("backlog-per-second", 200, 1, 10_000),
            HeadEvery = row.Duration("head-every", TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
        };
        if (broker is { IsCompressed: true, Mqtt: MqttVersion.V311 })
            row.Refuse("compression", "zstd", "none where mqtt is 3.1.1, which cannot say that a message is compressed", "remove compression, or take mqtt: 5");
        CheckCredentials(section, row, urls);
        return broker;
    }

    private ImmutableArray<Uri> ReadUrls(Section broker)
    {
        const string Expected = "a list of mqtt://host:1883 or mqtts://host:8883";
        if (broker.Find("urls") is not { Value.IsEmpty: false } entry)
        {
            broker.RefuseMissing("urls", Expected, "add urls: with one - mqtt://host:port below it");
            return [];
        }
        if (entry.Value.Items is not { } items)
        {
            if (!entry.Value.IsRefused)
                faults.Add(FileName, entry.Line, $"{entry.Value.Kind} as urls", Expected, "write each url on a line of its own, after -");
            return [];
        }
        if (items.IsEmpty) faults.Add(FileName, entry.Line, "an empty list of urls", Expected, "add one");
        var urls = ImmutableArray.CreateBuilder<Uri>();
        foreach (var item in items)
        {
            if (item.Text is { } text && BrokerUrl(text) is { } url)
                urls.Add(url);
            else if (!item.IsRefused)
                faults.Add(FileName, item.Line, FoundAsUrl(item), "mqtt://host:1883 or mqtts://host:8883 and nothing else in it",
                    "correct the url; names and passwords go into username and password-file");
        }
        // With one of them refused nobody knows whether there is TLS: better none than half of them.
        return urls.Count == items.Length ? urls.ToImmutable() : [];
    }

    // Faults are printed and logged: a password that stands in a url shall not be.
    private static string FoundAsUrl(ConfigNode item) =>
        item.Text is null ? $"{item.Kind} in urls"
        : item.Text.Contains('@') ? "a url with a name or password in it"
        : $"url {ConfigFault.Quote(item.Text)}";

    private static Uri? BrokerUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)) return null;
        if (url.Scheme is not ("mqtt" or "mqtts") || !Endpoint.IsBare(url)) return null;
        return url.Port > 0 ? url : new UriBuilder(url.Scheme, url.Host, url.Scheme == "mqtt" ? 1883 : 8883).Uri;
    }

    private static string ReadRoot(SettingRow row)
    {
        var root = row.Text("root");
        if (root is null) return "ega";
        if (root.Length <= 100 && root.Split('/').All(level => SignalId.IsValidPart(level))) return root;
        row.Refuse("root", root, "topic levels of letters, digits, - and _ with / between them, at most 100 characters", "correct root");
        return "ega";
    }

    private string? ReadFile(SettingRow row, string key)
    {
        if (row.Text(key) is not { } path) return null;
        if (folder.Has(path)) return folder.FullPathOf(path);
        row.Refuse(key, path, "a file that is there (relative paths start in the site folder)", $"correct {key}, or put the file there");
        return null;
    }

    private static void CheckCredentials(Section section, SettingRow row, ImmutableArray<Uri> urls)
    {
        if (!urls.IsEmpty && urls.All(url => url.Scheme == "mqtt"))
        {
            foreach (var key in new[] { "ca", "client-certificate", "client-key" })
                if (row.Text(key) is { } text)
                    row.Refuse(key, text, $"no {key} where every url is mqtt (no TLS)", $"take mqtts urls, or remove {key}");
        }
        RequireBoth(section, row, "client-certificate", "client-key");
        RequireBoth(section, row, "client-key", "client-certificate");
        RequireBoth(section, row, "password-file", "username");
    }

    private static void RequireBoth(Section section, SettingRow row, string key, string other)
    {
        if (row.Text(key) is { } text && !section.Mentions(other))
            row.Refuse(key, text, $"{other} beside it", $"add {other}, or remove {key}");
    }

    private MirrorSettings? ReadMirror(Section site)
    {
        const string Url = "mqtt://host:1883 or mqtts://host:8883 and nothing else in it";
        const string Topic = "topic levels with / between them, without + and #, at most 200 characters";
        if (site.Child("mirror") is not { } section) return null;
        section.Allow(ConfigKeys.Mirror);
        var row = section.Row(ConfigKeys.Mirror);
        var (address, topic) = (Section.Required(row, "url", Url), Section.Required(row, "topic", Topic));
        var url = address is null ? null : BrokerUrl(address);
        if (address is not null && url is null) row.Refuse("url", address.Contains('@') ? "a url with a name or password in it" : address, Url, "correct url; names and passwords go into username and password-file");
        if (topic is not null && (topic.Length > 200 || topic.StartsWith('$') || topic.AsSpan().ContainsAny('+', '#') || topic.Any(char.IsControl)))
            row.Refuse("topic", topic, Topic, "correct topic");
        var mirror = new MirrorSettings
        {
            Url = url ?? new Uri("mqtt://localhost"),
            Topic = topic ?? "",
            Retain = row.OneOf("retain", false, YesOrNo),
            CaFile = ReadFile(row, "ca"),
            UserName = row.Text("username"),
            PasswordFile = ReadFile(row, "password-file"),
        };
        if (url?.Scheme == "mqtt" && row.Text("ca") is { } ca) row.Refuse("ca", ca, "no ca where the url is mqtt (no TLS)", "take an mqtts url, or remove ca");
        RequireBoth(section, row, "password-file", "username");
        return mirror;
    }

    private SigningSettings ReadSigning(Section site)
    {
        if (site.Child("signing") is not { } section) return new SigningSettings();
        section.Allow(ConfigKeys.Signing);
        var row = section.Row(ConfigKeys.Signing);
        var signing = new SigningSettings
        {
            Profile = row.OneOf("profile", SigningProfile.Es256, Profiles),
            Key = row.OneOf("key", "file", KeyPlaces),
            TokenModule = ReadFile(row, "pkcs11-library"),
            Token = ReadShortText(row, "token") ?? "",
            PinFile = ReadFile(row, "pin-file"),
            CngProvider = ReadShortText(row, "cng-provider"),
            Sm2UserId = ReadUserId(row),
            WaitsWhenExpired = row.OneOf("when-expired", true, WhenExpired),
        };
        if (signing.Key == "pkcs11") RequireBoth(section, row, "key", "pkcs11-library");
        if (signing is { Key: not "file", Profile: SigningProfile.Sm2Sm3 })
            row.Refuse("key", signing.Key, "file where profile is sm2: SM2 keys are kept in files only", "take key: file, or profile: both to have an ES256 key there as well");
        foreach (var key in new[] { "token", "pin-file" })
            if (row.Text(key) is not null) RequireBoth(section, row, key, "pkcs11-library");
        return signing;
    }

    private static string? ReadShortText(SettingRow row, string key)
    {
        const int longest = 128;
        var text = row.Text(key);
        if (text is null || (text.Length <= longest && !text.Any(char.IsControl))) return text;
        row.Refuse(key, text, $"one line of at most {longest} characters", $"correct {key}");
        return null;
    }

    private static string? ReadUserId(SettingRow row)
    {
        var text = row.Text("sm2-user-id");
        if (text is null || (text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '@' or '-'))) return text;
        row.Refuse("sm2-user-id", text, "1 to 64 letters, digits, _ . @ and -", "take the one agreed with the platform, or remove sm2-user-id for 1234567812345678");
        return null;
    }

    private static RecordingSettings ReadRecording(Section site)
    {
        if (site.Child("recording") is not { } section) return new RecordingSettings();
        section.Allow(ConfigKeys.Recording);
        var row = section.Row(ConfigKeys.Recording);
        return new RecordingSettings
        {
            Linger = row.Duration("linger", TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60)),
            MaxReadings = row.Whole("max-readings", 10_000, 1, 100_000),
        };
    }

    private static OutboxSettings ReadOutbox(Section site)
    {
        if (site.Child("outbox") is not { } section) return new OutboxSettings();
        section.Allow(ConfigKeys.Outbox);
        var row = section.Row(ConfigKeys.Outbox);
        return new OutboxSettings
        {
            Retention = row.Duration("retention", TimeSpan.FromDays(30), TimeSpan.FromHours(1), TimeSpan.FromDays(3650)),
            MaxBytes = ReadMaxSize(row),
        };
    }

    private static long ReadMaxSize(SettingRow row)
    {
        var text = row.Text("max-size");
        if (text is null) return new OutboxSettings().MaxBytes;
        if (ByteSizeText.TryParse(text, out var bytes) && bytes is >= LeastBytes and <= MostBytes) return bytes;
        row.Refuse("max-size", text, "a size from 4MiB to 1TiB, such as 500MiB or 2GiB", "correct max-size");
        return new OutboxSettings().MaxBytes;
    }
}
