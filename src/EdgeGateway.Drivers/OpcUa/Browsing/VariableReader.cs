using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Browsing;

/// <summary>A variable that is to be asked about.</summary>
/// <param name="Id">The variable.</param>
/// <param name="Unit">Its property EngineeringUnits, if it has one.</param>
/// <param name="Range">Its property EURange, if it has one.</param>
internal readonly record struct AskedVariable(NodeId Id, NodeId? Unit, NodeId? Range);

/// <summary>Asks for type, unit, range, right and value of many variables in few reads. Used by one task at a time.</summary>
internal sealed class VariableReader(Session session, NodeAccess access, bool withValues)
{
    private const uint EuInformation = 889;
    private const uint Range = 886;
    private const byte MayRead = 1;
    private const byte MayReadHistory = 4;

    private readonly DataTypeNames _types = new(session, access);

    /// <summary>One for each, in their order. What the server does not tell stays empty.</summary>
    /// <exception cref="OpcUaException">The link broke, the session is gone, or the server refused the question.</exception>
    public async Task<VariableFacts[]> ReadAsync(IReadOnlyList<AskedVariable> variables, CancellationToken cancellationToken)
    {
        var nodes = new List<ReadValueId>();
        foreach (var variable in variables)
        {
            nodes.Add(new(variable.Id, NodeAttribute.DataType));
            nodes.Add(new(variable.Id, NodeAttribute.ValueRank));
            nodes.Add(new(variable.Id, NodeAttribute.UserAccessLevel));
            if (variable.Unit is { } unit) nodes.Add(new(unit));
            if (variable.Range is { } range) nodes.Add(new(range));
            if (withValues) nodes.Add(new(variable.Id));
        }
        var answers = new Queue<DataValue>(nodes.Count == 0 ? [] : await access.ReadAsync(nodes, cancellationToken).ConfigureAwait(false));
        var facts = new VariableFacts[variables.Count];
        for (var at = 0; at < facts.Length; at++)
        {
            var type = answers.Dequeue().Value.Content is NodeId id ? id : default;
            var rank = answers.Dequeue();
            var level = answers.Dequeue();
            var unit = variables[at].Unit is null ? "" : UnitOf(answers.Dequeue());
            var range = variables[at].Range is null ? default : RangeOf(answers.Dequeue());
            var (name, kind) = await _types.FindAsync(type, cancellationToken).ConfigureAwait(false);
            facts[at] = new VariableFacts(name, kind, rank.Value.Type == BuiltInType.Int32 && rank.Status.IsGood ? (int)rank.Value.Bits : -2, unit, range.Low, range.High,
                // a server that does not say so may still be read: the value tells
                level.Value.Type != BuiltInType.Byte || (level.Value.Bits & MayRead) != 0, level.Value.Type == BuiltInType.Byte && (level.Value.Bits & MayReadHistory) != 0, withValues ? answers.Dequeue() : null);
        }
        return facts;
    }

    private static string UnitOf(DataValue value)
    {
        if (value.Value.Content is not ExtensionObject { TypeId: { NamespaceIndex: 0, Number: EuInformation }, Encoding: BodyEncoding.Binary } structure) return "";
        try
        {
            var reader = new UaReader(structure.Body.Span, DecodeLimits.Default);
            reader.ReadString(); // whose list of units
            reader.ReadInt32(); // which of it
            return Printable.Text(reader.ReadLocalizedText().Text).Trim();
        }
        catch (OpcUaException)
        {
            return ""; // no unit that can be read is none: what is shown is for people
        }
    }

    private static (double? Low, double? High) RangeOf(DataValue value)
    {
        if (value.Value.Content is not ExtensionObject { TypeId: { NamespaceIndex: 0, Number: Range }, Encoding: BodyEncoding.Binary } structure) return default;
        try
        {
            var reader = new UaReader(structure.Body.Span, DecodeLimits.Default);
            return (reader.ReadDouble(), reader.ReadDouble());
        }
        catch (OpcUaException)
        {
            return default;
        }
    }
}
