using EdgeGateway.Evidence;
using EdgeGateway.Outbox;

namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>A commit as the recorder holds it until the store has taken it: the same bytes at every try.</summary>
internal sealed record SealedCommit(List<Segment> Segments, List<Eviction> Evictions, List<Eviction> Damage);
