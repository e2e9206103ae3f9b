using System.Collections.Immutable;

namespace EdgeGateway.Config.Model;

/// <summary>A camera.</summary>
/// <param name="Watches">The units it looks at; at least one.</param>
internal sealed record Camera(string Name, string Title, ImmutableArray<string> Watches);
