using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using EdgeGateway.Config;
using EdgeGateway.Recording;
using EdgeGateway.Tests.Config;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeGateway.Tests.Recording;

/// <summary>What a boot puts on record of itself: configuration, program, place.</summary>
public sealed class ProvenanceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_sealed_configuration_is_exactly_what_cf_is_the_hash_of()
    {
        var plant = PlantLoader.Load(Path.Combine(Repository.Root, "config")).Plant!;
        var packed = ConfigurationParts.Of(plant.PackedConfiguration)
            .Select(members => JsonElement.Parse($"{{\"ev\":\"configuration\"{members}}}"))
            .SelectMany(part => System.Buffers.Text.Base64Url.DecodeFromChars(part.GetProperty("gz").GetString())).ToArray();
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        Assert.Equal(plant.ConfigHash, System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(gzip)));
    }

    [Fact]
    public void A_large_configuration_comes_in_parts_that_fit_a_line()
    {
        var packed = RandomNumberGenerator.GetBytes(ConfigurationParts.PartBytes * 2 + 1);
        var parts = ConfigurationParts.Of(packed).ToList();
        Assert.Equal(3, parts.Count);
        Assert.StartsWith(",\"of\":3,\"part\":3,", parts[2], StringComparison.Ordinal);
        Assert.All(parts, part => Assert.True(part.Length < 50_000));
    }

    /// <summary>By construction: a key of a site folder names files with secrets, and never holds one.</summary>
    [Fact]
    public void No_key_of_a_configuration_holds_a_secret()
    {
        string[] secretive = ["password", "secret", "token", "pin", "passphrase"];
        var keys = ConfigKeys.Site.Concat(ConfigKeys.Broker).Concat(ConfigKeys.Mirror).Concat(ConfigKeys.Line).Concat(ConfigKeys.Device)
            .Concat(Drivers.DriverCatalog.All.SelectMany(protocol => protocol.DeviceKeys.Concat(protocol.LineKeys)));
        Assert.Equal([], keys.Where(key => secretive.Any(word => key.Contains(word, StringComparison.Ordinal)) && !key.EndsWith("-file", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Any_changed_file_of_the_program_changes_its_hash()
    {
        var folder = _folder.Sub("program");
        Directory.CreateDirectory(Path.Combine(folder, "runtimes", "linux-x64"));
        await File.WriteAllTextAsync(Path.Combine(folder, "a.dll"), "one");
        await File.WriteAllTextAsync(Path.Combine(folder, "runtimes", "linux-x64", "b.so"), "two");
        var (before, files, bytes) = await ProgramRecord.HashAsync(folder, CancellationToken.None);
        Assert.Equal((2, 6L), (files, bytes));
        Assert.Equal(before, (await ProgramRecord.HashAsync(folder, CancellationToken.None)).Hash);

        await File.WriteAllTextAsync(Path.Combine(folder, "runtimes", "linux-x64", "b.so"), "twx");
        var altered = (await ProgramRecord.HashAsync(folder, CancellationToken.None)).Hash;
        Assert.NotEqual(before, altered);
        File.Move(Path.Combine(folder, "a.dll"), Path.Combine(folder, "c.dll"));
        Assert.NotEqual(altered, (await ProgramRecord.HashAsync(folder, CancellationToken.None)).Hash);
    }

    [Fact]
    public async Task A_state_folder_that_was_copied_says_so_once()
    {
        var first = Directory.CreateDirectory(_folder.Sub("first")).FullName;
        Assert.Empty(await EventsOfStart(first)); // new: there is no place it comes from
        Assert.Empty(await EventsOfStart(first));

        var copy = Directory.CreateDirectory(_folder.Sub("copy")).FullName;
        File.Copy(Path.Combine(first, StatePlace.FileName), Path.Combine(copy, StatePlace.FileName));
        Assert.Equal(["moved,\"machine\":false,\"folder\":true"], await EventsOfStart(copy));
        Assert.Empty(await EventsOfStart(copy));
        Assert.Empty(await EventsOfStart(first));
    }

    [Fact]
    public async Task A_state_folder_of_another_machine_says_so()
    {
        var folder = Directory.CreateDirectory(_folder.Sub("state")).FullName;
        (StatePlace.Of(folder) with { Machine = "another" }).Write(folder);
        Assert.Equal(["moved,\"machine\":true,\"folder\":false"], await EventsOfStart(folder));
    }

    private static async Task<List<string>> EventsOfStart(string folder)
    {
        var events = new EventQueue();
        var recorded = new List<string>();
        var recording = Task.Run(async () =>
        {
            await foreach (var requested in events.Reader.ReadAllAsync())
            {
                recorded.Add(requested.Name + requested.Members);
                requested.Recorded.SetResult();
            }
        });
        using var record = new PlaceRecord(new StateFolder(folder), events, NullLogger<PlaceRecord>.Instance);
        await record.StartAsync(CancellationToken.None);
        await record.ExecuteTask!;
        events.Close();
        await recording;
        return recorded;
    }
}
