using EdgeGateway.Evidence;
using LiteDB;

namespace EdgeGateway.Outbox;

/// <summary>A segment as it is kept: the facts about it, and its line, packed.</summary>
internal sealed record StoredSegment
{
    /// <summary>More than everything but the line takes as BSON, bytes.</summary>
    public const int MostBytesBeside = 200;

    public required long Sequence { get; init; }

    public required ChainHash Hash { get; init; }

    /// <summary>Unix ms.</summary>
    public required long T0 { get; init; }

    /// <summary>Unix ms.</summary>
    public required long T1 { get; init; }

    public required int Readings { get; init; }

    /// <summary>The line, compressed with zstd.</summary>
    public required byte[] Packed { get; init; }

    /// <summary>CRC-32C of <see cref="Packed"/>: the hash is of the payload alone, and the line has a signature in front of it.</summary>
    public required long Checksum { get; init; }

    /// <summary>False while its line waits for its signatures.</summary>
    public bool IsSigned { get; init; } = true;

    /// <summary>The key ids that sign from this segment on, if it says so. Not kept with the segment: the commit's head has it.</summary>
    public string? KeysFromHere { get; init; }

    public BsonDocument ToBson()
    {
        var document = new BsonDocument
        {
            ["_id"] = Sequence,
            ["h"] = Hash.ToBytes(),
            ["t0"] = T0,
            ["t1"] = T1,
            ["n"] = Readings,
            ["c"] = Checksum,
            ["z"] = Packed,
        };
        if (!IsSigned) document["u"] = true;
        return document;
    }

    /// <summary>Null if the document is not one of these: damaged.</summary>
    public static StoredSegment? From(BsonDocument document)
    {
        if (!document["_id"].IsInt64 || !document["t0"].IsInt64 || !document["t1"].IsInt64 || !document["n"].IsInt32 || !document["c"].IsInt64 || !document["z"].IsBinary) return null;
        if (document["h"] is not { IsBinary: true, AsBinary.Length: ChainHash.Size }) return null;
        return new StoredSegment
        {
            Sequence = document["_id"].AsInt64,
            Hash = ChainHash.FromBytes(document["h"].AsBinary),
            T0 = document["t0"].AsInt64,
            T1 = document["t1"].AsInt64,
            Readings = document["n"].AsInt32,
            Checksum = document["c"].AsInt64,
            Packed = document["z"].AsBinary,
            IsSigned = !document.ContainsKey("u"),
        };
    }
}
