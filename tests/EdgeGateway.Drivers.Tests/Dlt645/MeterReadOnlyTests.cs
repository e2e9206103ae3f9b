using System.Text.RegularExpressions;
using EdgeGateway.Drivers.Dlt645;

namespace EdgeGateway.Drivers.Tests.Dlt645;

/// <summary>This gateway cannot write to a meter: not by configuration, but because nothing in it can form such a question.</summary>
public sealed partial class MeterReadOnlyTests
{
    [Fact]
    public void The_only_control_codes_are_the_five_that_read() =>
        Assert.Equal([0x01, 0x02, 0x11, 0x12, 0x13], Enum.GetValues<ReadControl>().Select(control => (int)control).Order());

    [Fact]
    public void No_other_control_code_can_be_written()
    {
        var address = MeterAddress.Wildcard;
        ReadMessage[] messages =
        [
            .. Enum.GetValues<Edition>().SelectMany(edition => new[] { ReadMessage.ForItem(address, edition, 0x0201_0100), ReadMessage.ForFollowUp(address, edition, 0x0201_0100, 255) }),
            ReadMessage.ForAddress(address),
        ];
        foreach (var message in messages)
        {
            var content = new byte[ReadMessage.MaxBytes];
            message.Write(content);
            Assert.True(Enum.IsDefined((ReadControl)content[6]));
        }
        Assert.Throws<InvalidOperationException>(() => default(ReadMessage).Write(new byte[ReadMessage.MaxBytes]));
    }

    [Fact]
    public void The_sources_send_in_one_place_and_set_the_control_code_in_one_place()
    {
        var texts = Sources();
        Assert.Equal(["MeterExchange.cs"], texts.Where(t => t.Value.Contains("WriteAsync(", StringComparison.Ordinal)).Select(t => t.Key));
        Assert.Equal(["MeterExchange.cs"], texts.Where(t => t.Value.Contains("Dlt645Frame.Write(", StringComparison.Ordinal)).Select(t => t.Key));
        Assert.Equal(["ReadMessage.cs: content[Dlt645Frame.ControlAt] = (byte)Control;"], texts.SelectMany(t => ControlSet().Matches(t.Value).Select(m => $"{t.Key}: {m.Value}")));
    }

    [Fact]
    public void The_sources_name_no_control_code_that_writes() => Assert.All(Sources(), source =>
    {
        var found = WriteControl().Match(source.Value);
        Assert.False(found.Success, $"{source.Key} holds '{found.Value}'");
    });

    private static Dictionary<string, string> Sources()
    {
        var sources = Directory.GetFiles(Repository.PathOf("src/EdgeGateway.Drivers/Dlt645"), "*.cs");
        Assert.NotEmpty(sources);
        return sources.ToDictionary(file => Path.GetFileName(file), File.ReadAllText);
    }

    [GeneratedRegex(@"\w+\[Dlt645Frame\.ControlAt\]\s*=[^=].*")]
    private static partial Regex ControlSet();

    // Time synchronisation, write, change address, freeze, speed, password, clear, switch: both editions, as hexadecimal literals, and their names.
    [GeneratedRegex(@"0x(03|04|08|0A|0C|0F|10|14|15|16|17|18|19|1A|1B|1C)\b|WriteData|Freeze|ClearDemand|ClearMeter|Relay|Password\w*\(|SyncTime", RegexOptions.IgnoreCase)]
    private static partial Regex WriteControl();
}
