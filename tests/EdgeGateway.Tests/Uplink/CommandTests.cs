using System.Security.Cryptography;
using System.Text;
using EdgeGateway.Commands;
using EdgeGateway.Commands.Resend;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using EdgeGateway.Uplink;

namespace EdgeGateway.Tests.Uplink;

public sealed class CommandTests
{
    [Fact]
    public async Task What_a_command_asks_for_goes_out_again_as_it_was_on_the_backlog_topic_and_the_answer_is_signed()
    {
        await using var bench = new CommandBench();
        await bench.StartAsync(readings: 10);
        var first = bench.Heard.Where(heard => IsReading(heard, 4, 6)).ToDictionary(heard => Sequence(heard), heard => heard.Line);

        await bench.PublishAsync(bench.Sign(CommandBench.Resend(7, 4, 6)));

        await bench.Answered(7);
        await Eventually.Is(() => bench.Heard.Count(heard => IsReading(heard, 4, 6)) == 6, () => $"{bench.Heard.Count(heard => IsReading(heard, 4, 6))} of 6");
        var again = bench.Heard.Where(heard => IsReading(heard, 4, 6)).Skip(3).ToList();
        Assert.All(again, heard => Assert.EndsWith("/up/readings/hist", heard.Topic, StringComparison.Ordinal));
        Assert.All(again, heard => Assert.Equal(first[Sequence(heard)], heard.Line));
        var answer = Assert.Single(bench.Answers);
        Assert.Equal("""{"no":7,"do":"resend","ok":true,"stream":"readings","lo":4,"hi":6,"n":3}""", "{" + answer.GetRawText()[answer.GetRawText().IndexOf("\"no\"", StringComparison.Ordinal)..]);
        using var keys = SealedSegments.TrustedKeys();
        var line = bench.Heard.Single(heard => heard.Topic.Contains("/events/", StringComparison.Ordinal) && Encoding.UTF8.GetString(heard.Line).Contains("\"ev\":\"command\"", StringComparison.Ordinal)).Line;
        Assert.NotNull(new LineCheck(keys, new PayloadParser(keepsRows: false)).Judge(line, out _, out _));
    }

    [Fact]
    public async Task The_counter_is_on_disk_with_the_answer()
    {
        await using var bench = new CommandBench();
        await bench.StartAsync(readings: 2);
        await bench.PublishAsync(bench.Sign(CommandBench.Resend(41, 1, 1)));
        await bench.Answered(41);

        await bench.CloseStoreAsync();
        using var reopened = LiteDbOutbox.Open(bench.Folder.Sub("outbox"), new OutboxSettings(), TimeProvider.System);

        Assert.Equal(41, reopened.Command);
    }

    [Fact]
    public async Task What_is_not_a_fresh_command_of_the_platform_to_this_gateway_does_nothing()
    {
        await using var bench = new CommandBench();
        await bench.StartAsync(readings: 10);
        using var strangersKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var stranger = new Es256Signer(strangersKey);
        await bench.PublishAsync(bench.Sign(CommandBench.Resend(10, 1, 1)));
        await bench.Answered(10);
        var before = bench.Heard.Count(heard => IsReading(heard, 5, 5));
        var wanted = CommandBench.Resend(20, 5, 5);

        byte[][] nothings =
        [
            bench.Sign(CommandBench.Resend(10, 5, 5)), // its number has been used
            bench.Sign(CommandBench.Resend(9, 5, 5)),
            bench.Sign(wanted with { Gateway = "gw-2" }),
            bench.Sign(wanted with { Site = "elsewhere" }),
            bench.Sign(wanted with { Epoch = 2 }),
            SignedStatement.Seal(stranger, PlatformCommand.Typ, wanted.ToPayload()),
            SignedStatement.Seal(bench.Platform, "egb1", wanted.ToPayload()),
            SignedStatement.Seal(bench.Platform, PlatformCommand.Typ, "{\"v\":1}"u8),
            SignedStatement.Seal(bench.Platform, PlatformCommand.Typ, "no json"u8),
            SignedStatement.Seal(bench.Platform, PlatformCommand.Typ, [.. "{\"no\":3,"u8, .. wanted.ToPayload().AsSpan(1)]), // a member twice
            [.. bench.Sign(wanted), (byte)' '],
            [.. bench.Sign(wanted), .. new byte[PlatformCommand.MaxLineBytes]],
            "{\"do\":\"resend\"}"u8.ToArray(),
            [],
        ];
        foreach (var nothing in nothings) await bench.PublishAsync(nothing);
        await bench.PublishAsync(bench.Sign(CommandBench.Resend(11, 1, 1)));

        await bench.Answered(11);
        Assert.Equal(2, bench.Answers.Count);
        Assert.Equal(before, bench.Heard.Count(heard => IsReading(heard, 5, 5)));
        Assert.Equal(11, bench.Outbox.Command);
    }

    [Theory]
    [InlineData("resend", "alerts", 1, 1, "no such stream")]
    [InlineData("resend", "readings", 1, 10_001, "range too long")]
    [InlineData("reboot", "readings", 1, 1, "unknown command")]
    public async Task A_command_that_cannot_be_done_is_refused_on_record_with_the_reason(string verb, string stream, long low, long high, string why)
    {
        await using var bench = new CommandBench();
        await bench.StartAsync(readings: 2);

        await bench.PublishAsync(bench.Sign(CommandBench.Resend(1, low, high, stream) with { Verb = verb }));

        await bench.Answered(1);
        Assert.False(bench.Answers[0].GetProperty("ok").GetBoolean());
        Assert.Equal(why, bench.Answers[0].GetProperty("why").GetString());
        Assert.Equal(1, bench.Outbox.Command);
    }

    [Fact]
    public async Task A_flood_fills_neither_record_nor_log_and_a_command_still_comes_through()
    {
        await using var bench = new CommandBench();
        await bench.StartAsync(readings: 2);
        var records = bench.Outbox.Tail(Streams.Events).Sequence;
        var garbage = bench.Sign(CommandBench.Resend(1, 1, 1) with { Gateway = "gw-2" });

        for (var i = 0; i < 1_000; i++) await bench.PublishAsync(garbage);
        // As docs/wire.md tells a platform: again until the answer is there.
        var start = TimeProvider.System.GetTimestamp();
        while (bench.Answers.Count == 0 && TimeProvider.System.GetElapsedTime(start) < Eventually.Patience)
        {
            await bench.PublishAsync(bench.Sign(CommandBench.Resend(1, 1, 1)));
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        await bench.Answered(1);

        Assert.Equal(records + 1, bench.Outbox.Tail(Streams.Events).Sequence);
        Assert.InRange(bench.LogLines.Count(line => line.Contains("ignored", StringComparison.Ordinal)), 1, 2);
    }

    [Fact]
    public async Task Without_a_key_for_commands_the_gateway_does_not_even_subscribe()
    {
        await using var bench = new CommandBench();
        await bench.StartAsync(readings: 2, takesCommands: false);

        var result = await bench.PublishAsync(bench.Sign(CommandBench.Resend(1, 1, 1)));

        Assert.Equal(MQTTnet.MqttClientPublishReasonCode.NoMatchingSubscribers, result.ReasonCode);
    }

    [Fact]
    public void A_command_among_data_is_no_data()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signer = new Es256Signer(key);
        using var keys = new TrustedKeys();
        keys.Add(ECDsa.Create(key.ExportParameters(includePrivateParameters: false)));
        var verifier = new ChainVerifier(keys);

        verifier.Add(SignedStatement.Seal(signer, PlatformCommand.Typ, new PlatformCommand("test", "gw-1", 1, 1, "resend", new ResendOrder("readings", 1, 1)).ToPayload()));

        Assert.Equal(FaultCode.Typ, Assert.Single(verifier.Finish().Faults).Code);
    }

    [Fact]
    public async Task The_platforms_command_line_gets_the_signed_answer_and_counts_up()
    {
        await using var bench = new CommandBench();
        await bench.StartAsync(readings: 5);
        var options = Options(bench) with { From = 2, To = 4 };
        var (output, errors) = (new StringWriter(), new StringWriter());

        Assert.Equal(ExitCode.Clean, await Run(bench, options, output, errors));
        Assert.Equal(ExitCode.Found, await Run(bench, options with { To = 20_000 }, output, errors));

        Assert.Equal("", errors.ToString());
        Assert.Contains("test/gw-1 accepted command 1: 3 payloads of readings 2 to 4", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("test/gw-1 refused command 2: range too long", output.ToString(), StringComparison.Ordinal);
        Assert.Equal("2", (await File.ReadAllTextAsync(options.CounterFile)).Trim());
        Assert.Equal(2, bench.Outbox.Command);
    }

    [Fact]
    public async Task The_platforms_command_line_says_when_nobody_answers()
    {
        await using var bench = new CommandBench();
        await bench.StartAsync(readings: 2, takesCommands: false);
        var errors = new StringWriter();

        Assert.Equal(ExitCode.Found, await Run(bench, Options(bench), new StringWriter(), errors));
        Assert.Contains("the gateway is not listening", errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.CannotStart, await Run(bench, Options(bench) with { Gateway = "gw-9", Patience = TimeSpan.FromSeconds(2) }, new StringWriter(), errors));
        Assert.Contains("test/gw-9 has no birth at this broker", errors.ToString(), StringComparison.Ordinal);
    }

    private static Task<int> Run(CommandBench bench, ResendOptions options, StringWriter output, StringWriter errors) =>
        new ResendRun(new BrokerSettings { Urls = [bench.Url] }, options, TimeProvider.System, output, errors).RunAsync(CancellationToken.None);

    private static ResendOptions Options(CommandBench bench)
    {
        var (key, certificate) = (bench.Folder.Sub("platform.key"), bench.Folder.Sub("gateway.pem"));
        if (!File.Exists(key))
        {
            File.WriteAllText(certificate, SealedSegments.PublicKeyPem);
            File.WriteAllText(key, bench.PlatformKey.ExportPkcs8PrivateKeyPem());
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        return new ResendOptions("test", "gw-1", Streams.Readings, 1, 1, key, certificate, key + ".counter", null, null, TimeSpan.FromSeconds(60));
    }

    private static bool IsReading((string Topic, byte[] Line) heard, long low, long high) =>
        heard.Topic.Contains("/up/readings/", StringComparison.Ordinal) && !heard.Topic.EndsWith("/head", StringComparison.Ordinal) && Sequence(heard) is var at && at >= low && at <= high;

    private static long Sequence((string Topic, byte[] Line) heard) => UplinkBench.Payload(heard.Line).GetProperty("sq").GetInt64();
}
