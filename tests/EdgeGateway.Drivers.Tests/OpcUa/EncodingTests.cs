using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Encoding;
using FsCheck.Xunit;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>The binary encoding (OPC 10000-6, 5.2): vectors of the standard, round trips, and whatever a network may bring.</summary>
public sealed class EncodingTests
{
    public static TheoryData<string, string> NodeIdsOfTheStandard => new()
    {
        { "i=72", "0048" },
        { "ns=5;i=1025", "01050104" },
        { "ns=1;s=Hot水", "03010006000000486F74E6B0B4" },
        { "ns=300;i=70000", "022C0170110100" },
        { "g=72962B91-FA75-4AE6-8D28-B404DC7DAF63", "040000912B967275FAE64A8D28B404DC7DAF63" },
        { "ns=2;b=AQID", "05020003000000010203" },
    };

    [Theory, MemberData(nameof(NodeIdsOfTheStandard))]
    public void A_node_id_is_written_and_read_as_the_standard_says(string text, string hex)
    {
        Assert.True(NodeId.TryParse(text, out var nodeId));
        Assert.Equal(hex, Hex(writer => writer.WriteNodeId(nodeId)));
        var reader = Reader(Convert.FromHexString(hex));
        Assert.Equal(nodeId, reader.ReadNodeId());
        Assert.Equal(text, nodeId.ToString(), ignoreCase: true);
    }

    [Fact]
    public void Scalars_are_written_as_in_the_examples_of_the_standard()
    {
        Assert.Equal("00CA9A3B", Hex(writer => writer.WriteInt32(1_000_000_000)));
        Assert.Equal("0000D0C0", Hex(writer => writer.WriteFloat(-6.5f)));
        Assert.Equal("06000000E6B0B4426F79", Hex(writer => writer.WriteString("水Boy")));
        Assert.Equal("FFFFFFFF", Hex(writer => writer.WriteString(null)));
        Assert.Equal("912B967275FAE64A8D28B404DC7DAF63", Hex(writer => writer.WriteGuid(Guid.Parse("72962B91-FA75-4AE6-8D28-B404DC7DAF63"))));
    }

    [Property]
    public void A_variant_comes_back_as_it_was_written(int seed)
    {
        var variant = new Values(seed).Variant();
        var reader = Reader(Written(writer => writer.WriteVariant(variant)));
        Assert.Equal(variant, reader.ReadVariant());
        Assert.Equal(0, reader.Left);
    }

    [Property]
    public void Every_built_in_type_comes_back_as_a_scalar_value(int seed)
    {
        foreach (var type in Enum.GetValues<BuiltInType>().Where(type => type is not (BuiltInType.Null or BuiltInType.Variant)))
        {
            var value = new DataValue(new Values(seed).Scalar(type, 2), StatusCodes.BadTimeout, new(seed), new(7), 3, 4);
            var reader = Reader(Written(writer => writer.WriteDataValue(value)));
            Assert.Equal(value, reader.ReadDataValue());
            Assert.Equal(0, reader.Left);
        }
    }

    [Property]
    public void A_value_cut_off_anywhere_is_refused(int seed)
    {
        var bytes = Written(writer => writer.WriteDataValue(new Values(seed).DataValue(3)));
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            Assert.Throws<OpcUaException>(() => Reader(cut).ReadDataValue());
        }
    }

    [Property(MaxTest = 2000)]
    public void Random_bytes_end_in_a_value_or_in_the_one_exception(int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);
        OnlyTheOneException(bytes);
    }

    [Property(MaxTest = 2000)]
    public void Changed_bytes_end_in_a_value_or_in_the_one_exception(int seed)
    {
        var random = new Random(seed);
        var bytes = Written(writer => writer.WriteDataValue(new Values(seed).DataValue(4)));
        for (var change = 0; change < 3; change++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        OnlyTheOneException(bytes);
    }

    [Theory]
    [InlineData("98" + "01000000", 5)] // a variant array of one variant
    [InlineData("17" + "01", 2)] // a data value with a value
    public void Values_nested_without_end_are_refused_at_the_limit(string level, int bytesPerLevel)
    {
        var bomb = Convert.FromHexString(string.Concat(Enumerable.Repeat(level, 20_000)));
        Assert.Equal(20_000 * bytesPerLevel, bomb.Length);
        var refused = Assert.Throws<OpcUaException>(() => Reader(bomb).ReadVariant());
        Assert.Equal(StatusCodes.BadEncodingLimitsExceeded, refused.Status);
    }

    [Fact]
    public void Diagnostic_infos_nested_without_end_are_refused_at_the_limit()
    {
        var bomb = new byte[60_000];
        bomb.AsSpan().Fill(0x40);
        var refused = Assert.Throws<OpcUaException>(() => Reader(bomb).ReadDiagnosticInfo());
        Assert.Equal(StatusCodes.BadEncodingLimitsExceeded, refused.Status);
    }

    [Fact]
    public void A_declared_length_costs_nothing_before_its_bytes_are_there()
    {
        var bytes = Convert.FromHexString("8BF0FFFF7F" + "0000000000000000");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<OpcUaException>(() => Reader(bytes).ReadVariant());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void Arrays_of_one_message_together_stay_under_the_limit()
    {
        var bytes = Written(writer => writer.WriteVariant(Variant.Of(BuiltInType.Variant, new[] { Bytes(60), Bytes(60) })));
        var limits = new DecodeLimits { MaxElements = 100 };
        Assert.Throws<OpcUaException>(() => new UaReader(bytes, limits).ReadVariant());
        static Variant Bytes(int count) => Variant.Of(BuiltInType.Byte, new byte[count]);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(65536, 65536)]
    [InlineData(-1, -3)]
    public void A_matrix_whose_dimensions_are_not_its_length_is_refused(int rows, int columns)
    {
        var bytes = Written(writer =>
        {
            writer.WriteByte(0xC0 | (byte)BuiltInType.Byte);
            writer.WriteByteString(new byte[3]);
            writer.WriteArray([rows, columns], static (to, dimension) => to.WriteInt32(dimension));
        });
        Assert.Throws<OpcUaException>(() => Reader(bytes).ReadVariant());
    }

    [Fact]
    public void An_unknown_structure_is_kept_as_it_is()
    {
        var unknown = new ExtensionObject(new NodeId("vendor's own", 7), BodyEncoding.Binary, new byte[] { 1, 2, 3 });
        var reader = Reader(Written(writer => writer.WriteExtensionObject(unknown)));
        Assert.Equal(unknown, reader.ReadExtensionObject());
    }

    [Fact]
    public void A_known_structure_cannot_read_past_its_own_end()
    {
        var bytes = Written(writer =>
        {
            writer.WriteStructure(321, 5, static (to, value) => to.WriteInt32(value));
            writer.WriteInt64(-1);
        });
        Assert.Throws<OpcUaException>(() => Reader(bytes).ReadStructure(static (NodeId _, ref UaReader body) =>
        {
            Assert.Equal(5, body.ReadInt32());
            return body.ReadByte();
        }));
    }

    [Fact]
    public void Arrays_in_structures_of_one_message_together_stay_under_the_limit()
    {
        var bytes = Written(writer =>
        {
            for (var part = 0; part < 2; part++) writer.WriteStructure(811, new byte[60], static (to, values) => to.WriteArray(values, static (each, value) => each.WriteByte(value)));
        });
        var refused = Assert.Throws<OpcUaException>(() =>
        {
            var reader = new UaReader(bytes, new DecodeLimits { MaxElements = 100 });
            for (var part = 0; part < 2; part++)
                reader.ReadStructure(static (NodeId _, ref UaReader body) => body.ReadArray(1, static (ref UaReader value) => value.ReadByte()));
        });
        Assert.Equal(StatusCodes.BadEncodingLimitsExceeded, refused.Status);
    }

    [Theory]
    [InlineData(0, "1601-01-01")]
    [InlineData(-5, "1601-01-01")]
    [InlineData(long.MaxValue, "9999-12-31")]
    [InlineData(116444736000000000, "1970-01-01")]
    public void A_time_outside_the_calendar_is_held_at_its_edge(long ticks, string day) =>
        Assert.Equal(day, new OpcUaTime(ticks).ToUtc().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void Numbers_are_read_without_an_allocation()
    {
        var bytes = Written(writer => writer.WriteDataValue(new DataValue(Variant.OfDouble(1.5), StatusCodes.Good, new(5), new(6))));
        Reader(bytes).ReadDataValue();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Reader(bytes).ReadDataValue();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_status_says_whether_values_were_lost()
    {
        Assert.True(new StatusCode(0x00000480).HasOverflow);
        Assert.False(new StatusCode(0x00000080).HasOverflow);
        Assert.Equal("BadNodeIdUnknown (0x80340000)", StatusCodes.BadNodeIdUnknown.ToString());
    }

    private static void OnlyTheOneException(byte[] bytes)
    {
        try
        {
            Reader(bytes).ReadDataValue();
        }
        catch (OpcUaException)
        {
        }
    }

    private static UaReader Reader(byte[] bytes) => new(bytes, DecodeLimits.Default);

    private static string Hex(Action<UaWriter> write) => Convert.ToHexString(Written(write));

    private static byte[] Written(Action<UaWriter> write)
    {
        var writer = new UaWriter(1 << 20);
        write(writer);
        return writer.Written.ToArray();
    }
}
