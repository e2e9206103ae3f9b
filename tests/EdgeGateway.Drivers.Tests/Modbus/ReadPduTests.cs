using EdgeGateway.Drivers.Modbus;

namespace EdgeGateway.Drivers.Tests.Modbus;

public sealed class ReadPduTests
{
    private static readonly ReadRequest TwoRegisters = new(0, 1, ModbusArea.Holding, 0x6B, 2);

    [Theory]
    [InlineData(1, 0x13, 0x13, "0100130013")] // the examples of Application Protocol V1.1b3, 6.1 to 6.4
    [InlineData(2, 0xC4, 0x16, "0200C40016")]
    [InlineData(3, 0x6B, 3, "03006B0003")]
    [InlineData(4, 8, 1, "0400080001")]
    public void A_question_is_function_address_and_quantity(byte area, int address, int quantity, string wire)
    {
        var bytes = new byte[ReadPdu.QuestionBytes];

        Assert.Equal(bytes.Length, ReadPdu.Write(bytes, new ReadRequest(0, 1, (ModbusArea)area, address, quantity)));
        Assert.Equal(wire, Convert.ToHexString(bytes));
    }

    [Theory]
    [InlineData(3, -1, 1)]
    [InlineData(3, 0, 0)]
    [InlineData(3, 0, 126)]
    [InlineData(1, 0, 2001)]
    [InlineData(3, 65535, 2)]
    public void A_question_past_the_protocol_is_a_bug(byte area, int address, int quantity) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => ReadPdu.Write(new byte[ReadPdu.QuestionBytes], new ReadRequest(0, 1, (ModbusArea)area, address, quantity)));

    [Theory]
    [InlineData("030412345678", AnswerKind.Data)]
    [InlineData("8302", AnswerKind.Refused)]
    [InlineData("", AnswerKind.Bad)]
    [InlineData("03", AnswerKind.Bad)]
    [InlineData("83", AnswerKind.Bad)]
    [InlineData("830200", AnswerKind.Bad)]
    [InlineData("8402", AnswerKind.Bad)]
    [InlineData("0304123456", AnswerKind.Bad)]
    [InlineData("03041234567800", AnswerKind.Bad)]
    [InlineData("030312345678", AnswerKind.Bad)]
    [InlineData("030512345678", AnswerKind.Bad)]
    [InlineData("03021234", AnswerKind.Bad)]
    [InlineData("040412345678", AnswerKind.Bad)]
    [InlineData("060412345678", AnswerKind.Bad)]
    public void Only_what_fits_the_question_is_an_answer(string pdu, object kind)
    {
        Assert.Equal(kind, ReadPdu.Judge(Convert.FromHexString(pdu), TwoRegisters, out var data, out var exception));
        Assert.Equal(kind is AnswerKind.Data ? "12345678" : "", Convert.ToHexString(data));
        Assert.Equal(kind is AnswerKind.Refused ? 2 : 0, exception);
    }

    [Theory]
    [InlineData(0, Quality.DeviceFailure)]
    [InlineData(1, Quality.IllegalFunction)]
    [InlineData(2, Quality.IllegalAddress)]
    [InlineData(3, Quality.IllegalAddress)]
    [InlineData(4, Quality.DeviceFailure)]
    [InlineData(5, Quality.DeviceBusy)]
    [InlineData(6, Quality.DeviceBusy)]
    [InlineData(7, Quality.DeviceFailure)]
    [InlineData(8, Quality.DeviceFailure)]
    [InlineData(9, Quality.DeviceFailure)]
    [InlineData(10, Quality.GatewayPath)]
    [InlineData(11, Quality.GatewayPath)]
    [InlineData(0x55, Quality.DeviceFailure)]
    public void Every_exception_has_a_meaning(byte exception, Quality quality) => Assert.Equal(quality, ReadPdu.Meaning(exception));
}
