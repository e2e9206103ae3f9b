using EdgeGateway.Evidence;
using LiteDB;

namespace EdgeGateway.Outbox;

/// <summary>One commit as it stands in the journal: a BSON document, so that LiteDB's own reader is all that is needed to look into it.</summary>
internal sealed record OutboxEntry
{
    public required OutboxHead Head { get; init; }

    /// <summary>In the order of their sequence numbers within each stream.</summary>
    public required IReadOnlyList<(string Stream, StoredSegment Segment)> Segments { get; init; }

    /// <summary>What has been delivered, of the streams where that has changed; of all of them in the first entry of a lap.</summary>
    public required IReadOnlyList<CursorState> Cursors { get; init; }

    /// <summary>When the segment files were made, in seconds of running time; only in the first entry of a lap.</summary>
    public required IReadOnlyDictionary<string, long> Files { get; init; }

    /// <summary>What has become of one stream's segments: inclusive ranges as low, high, low, high …; and the gap records that wait, each with the lowest number it names.</summary>
    public sealed record CursorState(string Stream, IReadOnlyList<long> Delivered, IReadOnlyList<long> Quarantined, IReadOnlyList<long> Gaps)
    {
        /// <summary>The newest receipt of the platform; null without one.</summary>
        public StreamReceipt? Receipt { get; init; }
    }

    public byte[] Encode() => BsonSerializer.Serialize(new BsonDocument
    {
        ["h"] = Head.ToBson(),
        ["s"] = new BsonArray(Segments.Select(entry =>
        {
            var document = entry.Segment.ToBson();
            document["st"] = entry.Stream;
            return (BsonValue)document;
        })),
        ["c"] = new BsonArray(Cursors.Select(ToBson)),
        ["f"] = new BsonDocument(Files.ToDictionary(file => file.Key, file => new BsonValue(file.Value))),
    });

    /// <summary>The head alone, for a mark.</summary>
    public static byte[] EncodeMark(OutboxHead head) => BsonSerializer.Serialize(head.ToBson());

    /// <exception cref="OutboxException">A newer program wrote it.</exception>
    public static OutboxHead DecodeMark(ReadOnlyMemory<byte> mark) => OutboxHead.From(BsonSerializer.Deserialize(mark.ToArray()));

    /// <exception cref="OutboxException">A newer program wrote it.</exception>
    public static OutboxEntry Decode(ReadOnlyMemory<byte> content)
    {
        var entry = BsonSerializer.Deserialize(content.ToArray());
        return new OutboxEntry
        {
            Head = OutboxHead.From(entry["h"].AsDocument),
            Segments = [.. entry["s"].AsArray.Select(segment => (segment["st"].AsString, StoredSegment.From(segment.AsDocument)!))], // under a checksum: it is what was written
            Cursors = [.. entry["c"].AsArray.Select(cursor => new CursorState(cursor["st"].AsString, Numbers(cursor["d"]), Numbers(cursor["q"]), Numbers(cursor["g"])) { Receipt = Receipt(cursor.AsDocument) })],
            Files = entry["f"].AsDocument.ToDictionary(file => file.Key, file => file.Value.AsInt64),
        };
    }

    private static BsonValue ToBson(CursorState cursor)
    {
        var document = new BsonDocument { ["st"] = cursor.Stream, ["d"] = Numbers(cursor.Delivered), ["q"] = Numbers(cursor.Quarantined), ["g"] = Numbers(cursor.Gaps) };
        if (cursor.Receipt is { } receipt) (document["rh"], document["rl"]) = (receipt.High, receipt.Line);
        return document;
    }

    private static StreamReceipt? Receipt(BsonDocument cursor) => cursor["rl"].IsBinary ? new StreamReceipt(cursor["rh"].AsInt64, cursor["rl"].AsBinary) : null;

    private static BsonArray Numbers(IEnumerable<long> numbers) => new(numbers.Select(number => new BsonValue(number)));

    private static IReadOnlyList<long> Numbers(BsonValue numbers) => [.. numbers.AsArray.Select(number => number.AsInt64)];
}
