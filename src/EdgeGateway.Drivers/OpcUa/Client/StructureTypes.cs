using System.Collections.Immutable;
using EdgeGateway.Drivers.OpcUa.Encoding;
using EdgeGateway.Drivers.OpcUa.Encoding.Services;

namespace EdgeGateway.Drivers.OpcUa.Client;

/// <summary>Asks a server how its structures are laid out. Used by one task at a time, within one session.</summary>
internal sealed class StructureTypes(NodeAccess nodes)
{
    private const int MaxDepth = 16;
    private const int MaxTypes = 500;
    private const int MaxLeaves = 4096;
    private const uint Enumeration = 29;
    private const uint Union = 12756;
    private static readonly NodeId HasEncoding = new(38);
    private static readonly NodeId HasSubtype = new(45);

    private readonly Dictionary<NodeId, StructureLayout> _layouts = [];
    private readonly Dictionary<NodeId, BuiltInType> _simple = [];

    /// <summary>The layout of values whose header names this encoding.</summary>
    /// <exception cref="OpcUaException">The link broke, or the server does not tell; the message says what.</exception>
    public async Task<StructureLayout> FindAsync(NodeId encoding, CancellationToken cancellationToken)
    {
        // By the reference, and not by the encoding that a definition names: that is wrong on some servers.
        var type = await OneAsync(encoding, HasEncoding, cancellationToken).ConfigureAwait(false) ?? encoding;
        return await LayoutAsync(type, 0, cancellationToken).ConfigureAwait(false)
            ?? throw new OpcUaException(StatusCodes.BadDataTypeIdUnknown, $"the server does not tell how values of type {type} are laid out (no DataTypeDefinition)");
    }

    private async Task<StructureLayout?> LayoutAsync(NodeId type, int depth, CancellationToken cancellationToken)
    {
        if (_layouts.TryGetValue(type, out var known)) return known;
        if (depth == MaxDepth || _layouts.Count == MaxTypes) throw OpcUaException.TooLarge($"structures inside each other more than {MaxDepth} deep, or more than {MaxTypes} of them");
        var read = (await nodes.ReadAsync([new ReadValueId(type, NodeAttribute.DataTypeDefinition)], cancellationToken).ConfigureAwait(false))[0];
        if (read.Value.Content is not ExtensionObject { Encoding: BodyEncoding.Binary } told || told.TypeId != new NodeId(StructureDefinition.TypeId)) return null;
        var definition = StructureDefinition.Read(told.Body.Span);
        if (definition.Kind is < 0 or > (int)StructureKind.Union)
            throw new OpcUaException(StatusCodes.BadNotSupported, $"its type {type} has fields of which the value itself tells the type, which are not taken apart here");
        var fields = ImmutableArray.CreateBuilder<StructureField>(definition.Fields.Length);
        foreach (var field in definition.Fields) fields.Add(await FieldAsync(field, depth, cancellationToken).ConfigureAwait(false));
        var layout = new StructureLayout((StructureKind)definition.Kind, fields.ToImmutable());
        // Small structures inside each other make a tree that no body could fill and that takes for ever to walk; empty ones make arrays without end out of nothing.
        if (layout.Leaves is 0 or > MaxLeaves) throw OpcUaException.TooLarge($"its type {type} is laid out as {(layout.Leaves == 0 ? "nothing" : $"{layout.Leaves} values")}; 1 to {MaxLeaves} are taken apart here");
        return _layouts[type] = layout;
    }

    private async Task<StructureField> FieldAsync(FieldDefinition field, int depth, CancellationToken cancellationToken)
    {
        if (field.ValueRank is > 1 or 0 or < -1) throw new OpcUaException(StatusCodes.BadNotSupported, $"its field {Printable.Text(field.Name)} is a matrix, which is not taken apart here");
        var isArray = field.ValueRank == 1;
        if (BuiltInOf(field.DataType) is { } builtIn) return new(field.Name, builtIn, null, isArray, field.IsOptional);
        if (await LayoutAsync(field.DataType, depth + 1, cancellationToken).ConfigureAwait(false) is { } inner) return new(field.Name, BuiltInType.ExtensionObject, inner, isArray, field.IsOptional);
        return new(field.Name, await SimpleAsync(field.DataType, cancellationToken).ConfigureAwait(false), null, isArray, field.IsOptional);
    }

    /// <summary>What a type is made of that is no structure: an enumeration, or a built-in type under another name.</summary>
    private async Task<BuiltInType> SimpleAsync(NodeId type, CancellationToken cancellationToken)
    {
        if (_simple.TryGetValue(type, out var known)) return known;
        var above = type;
        for (var step = 0; step < MaxDepth; step++)
        {
            if (await OneAsync(above, HasSubtype, cancellationToken).ConfigureAwait(false) is not { } next) break;
            if (BuiltInOf(next) is { } found && _simple.Count < MaxTypes) return _simple[type] = found;
            above = next;
        }
        throw new OpcUaException(StatusCodes.BadDataTypeIdUnknown, $"the server does not tell what its type {type} is made of");
    }

    // Types of the standard whose encoding is known by their number (OPC 10000-6, 5.1.2 and 5.2.4).
    private static BuiltInType? BuiltInOf(NodeId type)
    {
        if (type.NamespaceIndex != 0 || type.Kind != NodeIdKind.Numeric) return null;
        return type.Number switch
        {
            >= 1 and <= (uint)BuiltInType.DiagnosticInfo => (BuiltInType)type.Number,
            26 or 27 or 28 => BuiltInType.Variant, // Number, Integer, UInteger: of any such type
            Enumeration => BuiltInType.Int32,
            Union => BuiltInType.ExtensionObject,
            _ => null,
        };
    }

    private async Task<NodeId?> OneAsync(NodeId node, NodeId reference, CancellationToken cancellationToken)
    {
        try
        {
            var found = await nodes.BrowseAsync(new BrowseDescription(node, BrowseDirection.Inverse, reference, WithSubtypes: true, 0), cancellationToken).ConfigureAwait(false);
            return found.Count > 0 && found[0].NodeId is { ServerIndex: 0, NamespaceUri: null, NodeId: var target } ? target : null;
        }
        catch (OpcUaException e) when (e.Status.Code == StatusCodes.BadNodeIdUnknown)
        {
            return null;
        }
    }
}
