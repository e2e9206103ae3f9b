using System.Buffers.Binary;

namespace EdgeGateway.Drivers.Tests.Modbus;

/// <summary>
/// A Modbus slave written from the standard alone, whose registers tell unit, table and address: a value that was taken from the wrong
/// place, device or time is seen at once.
/// </summary>
internal sealed class OracleSlave
{
    /// <summary>Addresses the device does not have; a question that touches one is refused.</summary>
    public HashSet<int> Missing { get; } = [];

    /// <summary>The most registers it gives at once.</summary>
    public int MaxRegisters { get; set; } = 125;

    public int Refusals { get; private set; }

    public static ushort Register(int unit, int function, int address) => (ushort)(unit * 4099 + function * 257 + address * 31 + 1);

    public static int Bit(int unit, int function, int address) => Register(unit, function, address) >> 4 & 1;

    /// <summary>The right frame for a question.</summary>
    public byte[] Answer(byte[] question)
    {
        int unit = question[6], function = question[7];
        int address = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(8)), quantity = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(10));
        if (Enumerable.Range(address, quantity).Any(Missing.Contains)) return Refuse(question, 2);
        if (function >= 3 && quantity > MaxRegisters) return Refuse(question, 3);
        byte[] data;
        if (function <= 2)
        {
            data = new byte[(quantity + 7) / 8];
            for (var i = 0; i < quantity; i++) data[i / 8] |= (byte)(Bit(unit, function, address + i) << i % 8);
        }
        else
        {
            data = new byte[quantity * 2];
            for (var i = 0; i < quantity; i++) BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(2 * i), Register(unit, function, address + i));
        }
        return Frame(question[0], question[1], (byte)unit, [(byte)function, (byte)data.Length, .. data]);
    }

    public byte[] Refuse(byte[] question, byte exception)
    {
        Refusals++;
        return Frame(question[0], question[1], question[6], [(byte)(question[7] | 0x80), exception]);
    }

    public static byte[] Frame(byte idHigh, byte idLow, byte unit, byte[] pdu) =>
        [idHigh, idLow, 0, 0, (byte)((pdu.Length + 1) >> 8), (byte)(pdu.Length + 1), unit, .. pdu];
}
