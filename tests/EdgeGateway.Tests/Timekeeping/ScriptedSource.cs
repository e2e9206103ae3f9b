using EdgeGateway.Timekeeping;

namespace EdgeGateway.Tests.Timekeeping;

/// <summary>A keeper of the clock that says what the test says.</summary>
internal sealed class ScriptedSource(string name) : IClockSource
{
    public string Name => name;

    public ClockReport? Report { get; set; }

    public Task<ClockReport?> AskAsync(CancellationToken cancellationToken) => Task.FromResult(Report);
}
