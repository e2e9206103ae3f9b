using System.Collections.Immutable;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>How the structures of a server are laid out, as far as points ask for their fields; learnt anew for each server and session. Used by one task at a time.</summary>
internal sealed class StructureBook(TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    private readonly Dictionary<NodeId, Entry> _entries = [];
    private Session? _session;
    private StructureTypes? _types;

    /// <summary>The type that must be looked up before a point can take its field out of a value; null if it is known, or there is none.</summary>
    public NodeId? Unknown(Session session, OpcUaPoint point, Variant value)
    {
        // A server that was started anew may lay the same type out in another way, and count its namespaces differently.
        if (_session != session) Forget(session);
        if (point.Field.IsEmpty || Object(value, point.Index, out _) is not { } found) return null;
        return _entries.TryGetValue(found.TypeId, out var entry) && (entry.Layout is not null || time.GetElapsedTime(entry.LookedAt) < LookAgain) ? null : found.TypeId;
    }

    /// <summary>Asks the server about a type; what it does not tell is said by <see cref="Open"/>.</summary>
    /// <exception cref="OpcUaException">The link broke or the session is gone.</exception>
    public async Task LearnAsync(Session session, ServerState server, NodeId type, CancellationToken cancellationToken)
    {
        if (_session != session) Forget(session);
        _types ??= new StructureTypes(new NodeAccess(session, server.Limits));
        try
        {
            _entries[type] = new Entry(await _types.FindAsync(type, cancellationToken).ConfigureAwait(false), null, time.GetTimestamp());
        }
        catch (OpcUaException e) when (session.HasRefused(e))
        {
            _entries[type] = new Entry(null, e.Message, time.GetTimestamp());
        }
    }

    /// <summary>The field of a structure that a point asks for.</summary>
    /// <param name="point">Which field, and of which element where the value is an array.</param>
    /// <param name="value">What came.</param>
    /// <param name="why">What is wrong, for people; null if the field is there.</param>
    public Variant Open(OpcUaPoint point, Variant value, out string? why)
    {
        if (Object(value, point.Index, out why) is not { } found) return default;
        why = null;
        if (!_entries.TryGetValue(found.TypeId, out var entry) || entry.Layout is not { } layout)
        {
            why = $"it is a structure of type {found.TypeId} whose fields are not known: {entry.Why ?? "the server has not been asked yet"}";
            return default;
        }
        var path = point.Field.AsSpan();
        if (layout.WhyNot(path) is { } wrong)
        {
            why = $"{wrong}: correct field in the map";
            return default;
        }
        try
        {
            return StructureReader.Find(layout, found.Body.Span, path) ?? default;
        }
        catch (OpcUaException e)
        {
            why = e.Message;
            return default;
        }
    }

    private void Forget(Session session)
    {
        _entries.Clear();
        (_session, _types) = (session, null);
    }

    private static ExtensionObject? Object(Variant value, ImmutableArray<int> index, out string? why)
    {
        var content = VariantSample.ElementOf(value, index, out why);
        if (why is not null) return null;
        if (content is Variant inner) content = inner.Content;
        if (content is ExtensionObject { Encoding: BodyEncoding.Binary } found) return found;
        why = content is ExtensionObject { Encoding: BodyEncoding.Xml } ? "it is a structure written as XML, which is not taken apart here" : $"it is a {value.Type} and no structure: empty field in the map";
        return null;
    }

    /// <param name="Layout">Null where the server does not tell.</param>
    /// <param name="Why">What it said instead.</param>
    /// <param name="LookedAt">By <see cref="TimeProvider.GetTimestamp"/>.</param>
    private readonly record struct Entry(StructureLayout? Layout, string? Why, long LookedAt);
}
