namespace EdgeGateway.Evidence;

/// <summary>A signing key cannot be reached just now: its token is pulled out, its file is gone, its PIN is refused. Asking again later may help.</summary>
internal sealed class KeyUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
