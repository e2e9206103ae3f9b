using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Encoding;
using FsCheck.Xunit;

namespace EdgeGateway.Drivers.Tests.OpcUa;

/// <summary>Fields out of structures whose layout is known.</summary>
public sealed class StructureReaderTests
{
    private static readonly StructureLayout Zone = new(StructureKind.Whole, [new("Name", BuiltInType.String), new("Temperature", BuiltInType.Double)]);

    private static readonly StructureLayout Boiler = new(StructureKind.Whole,
        [new("Id", BuiltInType.UInt16), new("Zones", BuiltInType.ExtensionObject, Zone, IsArray: true), new("Limits", BuiltInType.Float, IsArray: true), new("Main", BuiltInType.ExtensionObject, Zone)]);

    private static readonly StructureLayout Sparse = new(StructureKind.WithOptionalFields,
        [new("A", BuiltInType.Int32, IsOptional: true), new("Always", BuiltInType.Int32), new("B", BuiltInType.Int32, IsOptional: true)]);

    private static readonly StructureLayout Either = new(StructureKind.Union, [new("Number", BuiltInType.Int64), new("Text", BuiltInType.String)]);

    [Theory]
    [InlineData("Id", "7")]
    [InlineData("Zones[1].Temperature", "81.5")]
    [InlineData("Zones[0].Name", "north")]
    [InlineData("Limits[2]", "3.5")]
    [InlineData("Main.Temperature", "20")]
    public void A_field_is_found_wherever_it_stands(string path, string expected) => Assert.Equal(expected, Text(Find(Boiler, BoilerBytes(), path)));

    [Theory]
    [InlineData("Nothing", "it has no field Nothing: its fields are Id, Zones, Limits, Main")]
    [InlineData("Zones", "its field Zones is an array: name one element of it")]
    [InlineData("Zones[0]", "it is a structure: name one of its fields, Name, Temperature")]
    [InlineData("Id[0]", "its field Id is no array")]
    [InlineData("Id.Value", "its field Id is a UInt16, which has no fields")]
    [InlineData("Main", "it is a structure")]
    public void A_path_that_leads_nowhere_says_why(string path, string expected) =>
        Assert.StartsWith(expected, Boiler.WhyNot(FieldStep.Parse(path)!.Value.AsSpan()), StringComparison.Ordinal);

    [Fact]
    public void An_element_that_is_not_there_is_said() =>
        Assert.Contains("has 2 elements", Assert.Throws<OpcUaException>(() => Find(Boiler, BoilerBytes(), "Zones[2].Name")).Message, StringComparison.Ordinal);

    [Fact]
    public void Optional_fields_that_are_left_out_are_none_and_move_nothing()
    {
        var writer = new UaWriter(1000);
        writer.WriteUInt32(2); // B is there, A is not
        writer.WriteInt32(1);
        writer.WriteInt32(2);
        var bytes = writer.Written.ToArray();
        Assert.Null(Find(Sparse, bytes, "A"));
        Assert.Equal(1, Find(Sparse, bytes, "Always")!.Value.Bits);
        Assert.Equal(2, Find(Sparse, bytes, "B")!.Value.Bits);
    }

    [Fact]
    public void A_union_has_the_field_that_it_names()
    {
        var writer = new UaWriter(1000);
        writer.WriteUInt32(2);
        writer.WriteString("open");
        Assert.Equal("open", Text(Find(Either, writer.Written.ToArray(), "Text")));
        Assert.Null(Find(Either, writer.Written.ToArray(), "Number"));
        Assert.Null(Find(Either, new byte[4], "Number"));
    }

    [Fact]
    public void A_layout_that_does_not_fit_the_bytes_gives_no_value()
    {
        byte[] more = [.. BoilerBytes(), 0];
        Assert.Contains("1 bytes more", Assert.Throws<OpcUaException>(() => Find(Boiler, more, "Id")).Message, StringComparison.Ordinal);
        Assert.Throws<OpcUaException>(() => Find(Boiler, BoilerBytes()[..^1], "Id"));
    }

    [Property]
    public void Whatever_the_bytes_are_it_ends_in_a_value_or_in_a_named_failure(byte[] bytes)
    {
        foreach (var layout in new[] { Boiler, Sparse, Either })
        {
            try
            {
                StructureReader.Find(layout, bytes, FieldStep.Parse("Zones[1].Name")!.Value.AsSpan());
                StructureDefinition.Read(bytes);
            }
            catch (OpcUaException)
            {
                // named
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("A..B")]
    [InlineData("A[")]
    [InlineData("A[x]")]
    [InlineData("A[-1]")]
    [InlineData("[1]")]
    [InlineData("A]")]
    public void A_text_that_is_no_path_is_refused(string text) => Assert.Null(FieldStep.Parse(text));

    [Fact]
    public void A_path_is_written_as_it_is_read() => Assert.Equal("Zones[2].Value", string.Join('.', FieldStep.Parse("Zones[2].Value")!.Value));

    private static Variant? Find(StructureLayout layout, byte[] bytes, string path)
    {
        var steps = FieldStep.Parse(path)!.Value;
        Assert.Null(layout.WhyNot(steps.AsSpan()));
        return StructureReader.Find(layout, bytes, steps.AsSpan());
    }

    private static string? Text(Variant? value) => value switch
    {
        { Type: BuiltInType.Double } number => number.AsDouble.ToString(System.Globalization.CultureInfo.InvariantCulture),
        { Type: BuiltInType.Float } number => number.AsFloat.ToString(System.Globalization.CultureInfo.InvariantCulture),
        { Type: BuiltInType.String } text => text.AsText,
        { } other => other.Bits.ToString(System.Globalization.CultureInfo.InvariantCulture),
        null => null,
    };

    private static byte[] BoilerBytes()
    {
        var writer = new UaWriter(1000);
        writer.WriteUInt16(7);
        writer.WriteInt32(2);
        WriteZone(writer, "north", 80);
        WriteZone(writer, "south", 81.5);
        writer.WriteInt32(3);
        foreach (var limit in new[] { 1.5f, 2.5f, 3.5f }) writer.WriteFloat(limit);
        WriteZone(writer, "main", 20);
        return writer.Written.ToArray();
    }

    private static void WriteZone(UaWriter writer, string name, double temperature)
    {
        writer.WriteString(name);
        writer.WriteDouble(temperature);
    }
}
