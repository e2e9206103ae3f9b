namespace EdgeGateway.Drivers;

/// <summary>
/// The conversation on a line failed (closed, broken framing, nonsense) and cannot go on: the line's worker drops the stream, backs off
/// and marks the qualities. The message says what happened and what was expected; the worker adds the line's name.
/// </summary>
public sealed class LineDownException : Exception
{
    /// <summary>The conversation failed.</summary>
    public LineDownException(string message) : base(message)
    {
    }

    /// <summary>The conversation failed because of <paramref name="innerException"/>.</summary>
    public LineDownException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
