namespace EdgeGateway.PlantSimulator;

/// <summary>One master at a line, and the slaves that answer it.</summary>
internal interface ISlaveConversation : IDisposable
{
    /// <summary>Answers until the master leaves or <see cref="Reset"/> ends it.</summary>
    Task ServeAsync();

    /// <summary>Ends the conversation abruptly; a second call does nothing.</summary>
    void Reset();
}
