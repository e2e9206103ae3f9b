namespace EdgeGateway.Drivers;

/// <summary>
/// What a sample is worth, or why there is no value. The numbers are wire codes (docs/wire.md, "Qualities") and never change.
/// </summary>
public enum Quality : byte
{
    /// <summary>The device answered this question and the value is usable.</summary>
    Good = 0,

    /// <summary>The line is down: nothing could be asked.</summary>
    NotConnected = 1,

    /// <summary>The device was asked and did not answer in time.</summary>
    Timeout = 2,

    /// <summary>An answer came that cannot belong to the question (wrong length or content).</summary>
    BadReply = 3,

    /// <summary>The device refused: the function is not supported (Modbus exception 01).</summary>
    IllegalFunction = 4,

    /// <summary>The device refused: no such address (Modbus exceptions 02 and 03).</summary>
    IllegalAddress = 5,

    /// <summary>The device refused: it failed (Modbus exception 04 and unknown codes).</summary>
    DeviceFailure = 6,

    /// <summary>The device refused for now: busy or still working (Modbus exceptions 05 and 06).</summary>
    DeviceBusy = 7,

    /// <summary>A gateway on the way could not reach the device (Modbus exceptions 0A and 0B).</summary>
    GatewayPath = 8,

    /// <summary>The bytes do not make a number: NaN, infinity, a BCD digit over nine, or text that is not text.</summary>
    NotANumber = 9,

    /// <summary>A number, outside the valid range of the device map. The value is kept.</summary>
    OutOfRange = 10,

    /// <summary>The device is in back-off after failures and was not asked in this slot.</summary>
    NotAsked = 11,

    /// <summary>The line was busy with other questions until this slot had passed.</summary>
    Skipped = 12,

    /// <summary>The value does not fit the wire's number range (64-bit mantissa with a decimal exponent).</summary>
    NotRepresentable = 13,
}
