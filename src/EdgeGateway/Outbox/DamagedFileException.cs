namespace EdgeGateway.Outbox;

/// <summary>A file of the store holds something that its program cannot have written; the message says what was met.</summary>
internal sealed class DamagedFileException : Exception
{
    public DamagedFileException(string message) : base(message)
    {
    }

    public DamagedFileException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
