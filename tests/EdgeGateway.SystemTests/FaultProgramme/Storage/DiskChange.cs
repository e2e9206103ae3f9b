namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>A change to a file that is not known to be on disk.</summary>
/// <param name="Position">Of a write: where.</param>
/// <param name="Bytes">Of a write: what; null for a new length.</param>
/// <param name="Length">Of a new length: the length.</param>
/// <param name="IsDoubtful">
/// True once a flush has failed over it: the system takes it for written and tries it no more, so that a later flush proves nothing about it.
/// </param>
internal sealed record DiskChange(long Position, byte[]? Bytes, long Length, bool IsDoubtful = false)
{
    public bool Overlaps(DiskChange other) => Bytes is not null && other.Bytes is not null
        && Position < other.Position + other.Bytes.Length && other.Position < Position + Bytes.Length;
}
