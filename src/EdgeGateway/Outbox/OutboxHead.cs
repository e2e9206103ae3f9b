using EdgeGateway.Evidence;
using LiteDB;

namespace EdgeGateway.Outbox;

/// <summary>
/// What every entry of the journal says, so that any one of them tells how far the store had come: were an entry to become unreadable, the next one
/// (or the mark behind it) still says which sequence numbers it had used.
/// </summary>
internal sealed record OutboxHead
{
    public required long Epoch { get; init; }

    /// <summary>Counter of the newest command recorded for execution.</summary>
    public required long Command { get; init; }

    /// <summary>Seconds of running time.</summary>
    public required long RunningSeconds { get; init; }

    public required BootMark? Boot { get; init; }

    /// <summary>The newest segment of each stream, its latest time (Unix ms), and up to which segment all have their signatures.</summary>
    public required IReadOnlyList<(string Stream, StreamTail Tail, long T1, long Signed)> Tails { get; init; }

    /// <summary>The key ids that sign since the newest change of keys; empty if there was none.</summary>
    public required string Keys { get; init; }

    public BsonDocument ToBson() => new()
    {
        ["f"] = LiteDbOutbox.FormatVersion,
        ["e"] = Epoch,
        ["c"] = Command,
        ["k"] = Keys,
        ["r"] = RunningSeconds,
        ["b"] = Boot is null
            ? BsonValue.Null
            : new BsonDocument { ["boot"] = Boot.Boot, ["stopped"] = Boot.Stopped, ["started"] = Boot.StartedMs, ["cf"] = Boot.ConfigHash },
        ["t"] = new BsonArray(Tails.Select(entry => (BsonValue)new BsonDocument
        {
            ["st"] = entry.Stream,
            ["sq"] = entry.Tail.Sequence,
            ["h"] = entry.Tail.Hash.ToBytes(),
            ["t1"] = entry.T1,
            ["sg"] = entry.Signed,
        })),
    };

    /// <exception cref="OutboxException">A newer program wrote it.</exception>
    public static OutboxHead From(BsonDocument head)
    {
        if (head["f"].AsInt32 > LiteDbOutbox.FormatVersion)
            throw new OutboxException($"the store was written by a newer program (format {head["f"].AsInt32}, this one knows {LiteDbOutbox.FormatVersion}): install that version again");
        return new OutboxHead
        {
            Epoch = head["e"].AsInt64,
            Command = head["c"].AsInt64,
            Keys = head["k"].IsString ? head["k"].AsString : "", // format 2 had no such member
            RunningSeconds = head["r"].AsInt64,
            Boot = head["b"].IsNull ? null : new BootMark(head["b"]["boot"].AsString, head["b"]["stopped"].AsBoolean, head["b"]["started"].AsInt64, head["b"]["cf"].AsString),
            Tails = [.. head["t"].AsArray.Select(tail => (tail["st"].AsString, new StreamTail(tail["sq"].AsInt64, ChainHash.FromBytes(tail["h"].AsBinary)), tail["t1"].AsInt64,
                tail["sg"].IsInt64 ? tail["sg"].AsInt64 : tail["sq"].AsInt64))], // in format 2 nothing waited
        };
    }
}
