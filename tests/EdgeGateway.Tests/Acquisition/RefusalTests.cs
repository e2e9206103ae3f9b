using EdgeGateway.Acquisition;
using EdgeGateway.Drivers;
using Microsoft.Extensions.Logging;

namespace EdgeGateway.Tests.Acquisition;

public sealed class RefusalTests
{
    private readonly Lines _log = new();

    [Fact]
    public void A_refused_signal_is_named_once_and_once_when_it_answers_again()
    {
        var group = Plants.Group("d", "g", 3, TimeSpan.FromSeconds(1));
        var sink = new PollSink(new ReadingChannel(), TimeProvider.System);
        var refusals = new Refusals(_log);

        foreach (var second in new[] { Quality.Good, Quality.IllegalAddress, Quality.IllegalAddress, Quality.Timeout, Quality.IllegalAddress, Quality.Good, Quality.Good })
        {
            sink.Begin(group, 0);
            var samples = sink.Block(0, 3, 0, 0);
            samples.Fill(new Sample(SampleValue.OfExact(1), Quality.Good));
            if (second != Quality.Good) samples[1] = Sample.None(second);
            sink.Close(Quality.BadReply);
            refusals.Look("line1", "d", sink);
        }

        Assert.Collection(_log.Said,
            line => Assert.Contains("device d refuses signal d.s1 (IllegalAddress): check its area and address", line, StringComparison.Ordinal),
            line => Assert.Contains("device d answers for signal d.s1 again", line, StringComparison.Ordinal));
    }

    private sealed class Lines : ILogger
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Said.Add(formatter(state, exception));
    }
}
