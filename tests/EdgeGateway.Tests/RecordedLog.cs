using Microsoft.Extensions.Logging;

namespace EdgeGateway.Tests;

/// <summary>Everything that was logged, with the exceptions that came along.</summary>
internal sealed class RecordedLog<T> : ILogger<T>
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock) return [.. _lines];
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock) _lines.Add(exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception}");
    }
}
