namespace EdgeGateway.Config.Model;

/// <summary>A chimney.</summary>
internal sealed record Stack(string Name, string Title);
