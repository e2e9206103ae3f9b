namespace EdgeGateway.Outbox;

/// <summary>What a frame of the journal is; the numbers are on disk.</summary>
internal enum JournalFrameKind
{
    /// <summary>A commit.</summary>
    Entry = 1,

    /// <summary>Stands behind the newest entry, bears its number, and says that it had reached the disk. The next entry is written over it.</summary>
    Mark = 2,

    /// <summary>First of a lap, so first in its file; the content is the length that the file must have (8 bytes).</summary>
    Begin = 3,

    /// <summary>Last of a lap: the next lap has begun in the other file.</summary>
    End = 4,
}
