using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Polling;

namespace EdgeGateway.Drivers.Tests.OpcUa.Polling;

/// <summary>What becomes of values of the standard's types.</summary>
public sealed class VariantSampleTests
{
    [Fact]
    public void Numbers_lose_nothing()
    {
        Assert.Equal(SampleValue.OfExact(long.MinValue), Of(Variant.OfBits(BuiltInType.Int64, long.MinValue)).Value);
        Assert.Equal(SampleValue.OfExact(uint.MaxValue), Of(Variant.OfBits(BuiltInType.UInt32, uint.MaxValue)).Value);
        Assert.Equal(SampleValue.OfBinary32(0.1f), Of(Variant.OfFloat(0.1f)).Value);
        Assert.Equal(SampleValue.OfBinary64(double.NaN), Of(Variant.OfDouble(double.NaN)).Value);
        Assert.Equal(Quality.NotRepresentable, Of(Variant.OfBits(BuiltInType.UInt64, -1)).Quality);
        Assert.Equal(SampleValue.OfExact(long.MaxValue), Of(Variant.OfBits(BuiltInType.UInt64, long.MaxValue)).Value);
    }

    [Fact]
    public void Texts_are_bounded()
    {
        Assert.Equal(SampleValue.OfText(new string('x', 256)), Of(Variant.OfText(new string('x', 256))).Value);
        Assert.Equal(Quality.NotRepresentable, Of(Variant.OfText(new string('x', 257))).Quality);
        Assert.Equal(SampleValue.OfText("00FF"), Of(Variant.Of(BuiltInType.ByteString, (ByteString)new byte[] { 0, 255 })).Value);
        Assert.Equal(SampleValue.OfText("Level"), Of(Variant.Of(BuiltInType.LocalizedText, new LocalizedText("en", "Level"))).Value);
    }

    [Fact]
    public void Nothing_and_structures_are_no_values_and_say_why()
    {
        Assert.Equal(Quality.NotANumber, VariantSample.Of(default, [], out var why).Quality);
        Assert.Contains("null", why, StringComparison.Ordinal);
        Assert.Equal(Quality.BadReply, VariantSample.Of(Variant.Of(BuiltInType.ExtensionObject, ExtensionObject.Null), [], out why).Quality);
        Assert.Contains("not recorded as a whole", why, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_are_found_by_their_place()
    {
        var array = Variant.Of(BuiltInType.Float, new[] { 1f, 2f, 3f });
        var matrix = Variant.Of(BuiltInType.Int16, new Matrix(new short[] { 1, 2, 3, 4, 5, 6 }, [2, 3]));
        Assert.Equal(SampleValue.OfBinary32(3), Of(array, 2).Value);
        Assert.Equal(SampleValue.OfExact(6), Of(matrix, 1, 2).Value);
        Assert.Equal(SampleValue.OfExact(4), Of(matrix, 1, 0).Value);
        Assert.Equal(Quality.IllegalAddress, Of(array, 3).Quality);
        Assert.Equal(Quality.IllegalAddress, Of(matrix, 2, 0).Quality);
        Assert.Equal(Quality.IllegalAddress, Of(matrix, 5).Quality);
        Assert.Equal(Quality.BadReply, Of(array).Quality);
        Assert.Equal(Quality.BadReply, Of(Variant.OfDouble(1), 0).Quality);
    }

    [Fact]
    public void Evidence_has_status_and_times_also_where_there_is_no_value()
    {
        var value = new DataValue(default, StatusCodes.BadNoCommunication, new OpcUaTime(130_000_000_000_000_000), default);
        var evidence = VariantSample.EvidenceOf(value, []);
        Assert.Equal(new Sample(SampleValue.OfText("Null nothing BadNoCommunication (0x80310000) source 2012-12-14T23:06:40.0000000Z server none"), Quality.Good), evidence);
        var text = VariantSample.EvidenceOf(new DataValue(Variant.OfText(new string('x', 256)), StatusCodes.Good, default, default), []).Value.AsText;
        Assert.Equal(256, text!.Length);
        Assert.EndsWith("xxx… Good (0x00000000) source none server none", text, StringComparison.Ordinal);
    }

    private static Sample Of(Variant value, params int[] index) => VariantSample.Of(value, [.. index], out _);
}
