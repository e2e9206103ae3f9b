using EdgeGateway.Drivers.OpcUa.Encoding;

namespace EdgeGateway.Drivers.OpcUa.Browsing;

/// <summary>What a line can make of a value of a type.</summary>
internal enum ValueKind
{
    /// <summary>The type says nothing: a value must be looked at.</summary>
    Unknown,
    Number,
    Text,

    /// <summary>Has to be taken apart first.</summary>
    Structure,
}

/// <summary>What a server says of a variable.</summary>
/// <param name="DataType">The name of its type, fit for people.</param>
/// <param name="Kind">What a line can make of it.</param>
/// <param name="ValueRank">-1 for a scalar, 1 and more for an array of so many dimensions; -2, -3 and 0 leave it open (OPC 10000-3, 5.6.2).</param>
/// <param name="Unit">Its engineering unit; empty if it names none.</param>
/// <param name="Low">The low end of its EURange; null if it has none.</param>
/// <param name="High">The high end.</param>
/// <param name="IsReadable">This user may read its value.</param>
/// <param name="HasHistory">The server keeps what it was, and this user may read that.</param>
/// <param name="Value">Its value now; null if nobody wanted to know.</param>
internal sealed record VariableFacts(string DataType, ValueKind Kind, int ValueRank, string Unit, double? Low, double? High, bool IsReadable, bool HasHistory, DataValue? Value)
{
    /// <summary>One value of a number or a text, which a line records without an index.</summary>
    public bool IsScalar => ValueRank is -1 or -2 or -3;
}
