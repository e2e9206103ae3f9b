using System.Text.RegularExpressions;
using EdgeGateway.Drivers.Modbus;

namespace EdgeGateway.Drivers.Tests.Modbus;

/// <summary>This gateway cannot write to a Modbus device: not by configuration, but because nothing in it can form such a question.</summary>
public sealed partial class ReadOnlyTests
{
    [Fact]
    public void The_only_function_codes_are_the_four_that_read() =>
        Assert.Equal([1, 2, 3, 4], Enum.GetValues<ModbusArea>().Select(area => (int)area));

    [Fact]
    public void No_other_function_code_can_be_written()
    {
        var bytes = new byte[ReadPdu.QuestionBytes];
        for (var code = 0; code <= byte.MaxValue; code++)
        {
            var request = new ReadRequest(0, 1, (ModbusArea)code, 0, 1);
            if (code is >= 1 and <= 4)
            {
                ReadPdu.Write(bytes, request);
                Assert.Equal(code, bytes[0]);
            }
            else
            {
                Array.Clear(bytes);
                Assert.Throws<ArgumentOutOfRangeException>(() => ReadPdu.Write(bytes, request));
                Assert.All(bytes, b => Assert.Equal(0, b));
            }
        }
    }

    [Fact]
    public void The_sources_send_once_in_each_exchange_and_set_the_function_in_one_place()
    {
        var sources = Directory.GetFiles(Repository.PathOf("src/EdgeGateway.Drivers/Modbus"), "*.cs");
        Assert.NotEmpty(sources);
        var texts = sources.ToDictionary(file => Path.GetFileName(file), File.ReadAllText);

        Assert.Equal(["MbapExchange.cs", "SerialExchange.cs"],
            texts.Where(t => t.Value.Contains("WriteAsync(", StringComparison.Ordinal)).Select(t => t.Key).Order(StringComparer.Ordinal));
        var sets = texts.SelectMany(t => FirstByteSet().Matches(t.Value).Select(m => $"{t.Key}: {m.Value}"));
        Assert.Equal(["ReadPdu.cs: destination[0] = (byte)request.Area;"], sets);
        Assert.Equal(["MbapExchange.cs: ReadPdu.Write(", "SerialExchange.cs: ReadPdu.Write("],
            texts.SelectMany(t => PduWritten().Matches(t.Value).Select(m => $"{t.Key}: {m.Value}")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_sources_name_no_function_that_writes()
    {
        foreach (var file in Directory.GetFiles(Repository.PathOf("src/EdgeGateway.Drivers/Modbus"), "*.cs"))
        {
            var found = WriteFunction().Match(File.ReadAllText(file));
            Assert.False(found.Success, $"{Path.GetFileName(file)} holds '{found.Value}'");
        }
    }

    [GeneratedRegex(@"\w+\[0\]\s*=[^=].*")]
    private static partial Regex FirstByteSet();

    [GeneratedRegex(@"\w*Pdu\.Write\w*\(")]
    private static partial Regex PduWritten();

    // Codes 05, 06, 0F, 10, 15, 16, 17 as hexadecimal literals, and the names of the functions behind them.
    [GeneratedRegex("0x(05|06|0F|10|15|16|17)\\b|Write(Single|Multiple|Coil|Register|File|Mask)|MaskWrite|ReadWrite", RegexOptions.IgnoreCase)]
    private static partial Regex WriteFunction();
}
