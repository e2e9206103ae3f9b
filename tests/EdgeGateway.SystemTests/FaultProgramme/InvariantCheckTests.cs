using System.Text;
using EdgeGateway.Evidence;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>The checker itself: an honest round passes, and each way of spoiling it is found.</summary>
public sealed class InvariantCheckTests(HonestRound round) : IClassFixture<HonestRound>
{
    [Fact]
    public async Task An_honest_round_has_no_fault_and_every_served_value_is_delivered_or_named()
    {
        var outcome = await round.JudgeAsync(round.Lines);
        Assert.Equal([], outcome.Faults);
        Assert.True(outcome.Served > 50, $"{outcome}");
        Assert.Equal((0, 0), (outcome.Lost, outcome.Forked));
        Assert.True(outcome.Delivered + outcome.Named <= outcome.Served, $"{outcome}");
    }

    [Fact]
    public async Task A_repeated_line_is_counted_and_is_no_fault()
    {
        var honest = await round.JudgeAsync(round.Lines);
        var outcome = await round.JudgeAsync([.. round.Lines, round.Lines[^1], DataLine]);
        Assert.Equal([], outcome.Faults);
        Assert.Equal(honest.Duplicated + 2, outcome.Duplicated);
        Assert.Equal(honest.Delivered, outcome.Delivered);
    }

    [Fact]
    public async Task A_line_that_is_missing_is_lost()
    {
        var outcome = await round.JudgeAsync(round.Lines.Where(line => !line.SequenceEqual(DataLine)));
        Assert.True(outcome.Lost > 0, $"{outcome}");
        Assert.Contains(outcome.Faults, fault => fault.StartsWith("I1: ", StringComparison.Ordinal) && fault.Contains("neither delivered nor named", StringComparison.Ordinal));
        Assert.Contains(outcome.Faults, fault => fault.StartsWith("I1: boot ", StringComparison.Ordinal));
        Assert.Contains(outcome.Faults, fault => fault.StartsWith("I4: missing", StringComparison.Ordinal));
        Assert.Contains(outcome.Faults, fault => fault.StartsWith("G/R: the gateway takes 1 segments for delivered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_flipped_bit_breaks_a_signature() => await Finds("I4: signature", Replaced(DataLine, Flipped(DataLine)));

    [Fact]
    public async Task A_value_that_was_altered_before_it_was_signed_is_not_as_served() => await Finds("I5: ", Replaced(DataLine, SignedAgain(Altered())));

    [Fact]
    public async Task A_second_payload_under_the_same_number_is_a_fork()
    {
        var outcome = await Finds("I3: ", [.. round.Lines, SignedAgain(Altered())]);
        Assert.Equal(1, outcome.Forked);
    }

    [Fact]
    public async Task The_same_payload_with_another_signature_is_not_byte_identical() =>
        await Finds("I2: ", [.. round.Lines, SignedAgain(Envelope.PayloadOf(DataLine).ToArray())]);

    [Fact]
    public async Task A_receiver_that_has_more_than_the_gateway_is_told() => await Finds("G/R: the receiver has", round.Lines, gateway: round.GatewayBefore);

    [Fact]
    public async Task A_gateway_that_has_delivered_more_than_arrived_is_told() =>
        await Finds("G/R: the gateway takes", round.Lines.Take(round.Lines.Count / 2));

    [Fact]
    public async Task A_fork_that_had_to_be_seen_and_was_not_is_a_fault() =>
        await Finds("I3: two gateways", round.Lines, new RoundHistory { Linger = Stage.Linger, IsForked = true });

    [Fact]
    public async Task A_secret_in_a_line_a_log_or_a_file_is_found()
    {
        foreach (var (secret, said) in new[] { ("dcs-1.load", ""), ("hunter2", "password hunter2"), ("BEGIN PRIVATE KEY", "") })
        {
            var history = new RoundHistory { Linger = Stage.Linger };
            history.Keeps(secret, () => round.Staged.State, () => said);
            await Finds("I11: ", round.Lines, history);
        }
    }

    [Fact]
    public async Task A_recovery_that_took_too_long_and_an_end_of_its_own_are_told()
    {
        var history = new RoundHistory { Linger = Stage.Linger, OwnEnds = 1 };
        history.Recovered("delivering", TimeSpan.FromSeconds(31), TimeSpan.FromSeconds(30));
        await Finds("I9: ", round.Lines, history);
        await Finds("I12: ", round.Lines, history);
    }

    [Fact]
    public async Task What_only_the_devices_know_is_found_too()
    {
        await using var own = new HonestRound();
        await own.InitializeAsync();
        var gap = own.Lines.Select(line => Encoding.UTF8.GetString(Envelope.PayloadOf(line))).Single(payload => payload.Contains("\"cause\":\"crashed\"", StringComparison.Ordinal));
        var from = System.Text.Json.JsonDocument.Parse(gap).RootElement.GetProperty("from").GetInt64();
        var honest = await own.JudgeAsync(own.Lines);
        own.ServeUnasked(from);
        var named = await own.JudgeAsync(own.Lines);
        Assert.Equal([], named.Faults);
        Assert.Equal((honest.Served + 1, honest.Named + 1), (named.Served, named.Named));

        var later = new RoundHistory { Linger = Stage.Linger };
        later.Crashed(from + 10_000);
        Assert.Contains((await own.JudgeAsync(own.Lines, later)).Faults, fault => fault.StartsWith("I6: ", StringComparison.Ordinal));

        own.ServeUnasked(from + 3_600_000);
        var lost = await own.JudgeAsync(own.Lines);
        Assert.Equal(1, lost.Lost);
        Assert.Contains(lost.Faults, fault => fault.StartsWith("I1: dcs-1.", StringComparison.Ordinal));

        own.Staged.Plant.Devices.First().Count(0x06);
        Assert.Contains((await own.JudgeAsync(own.Lines)).Faults, fault => fault.StartsWith("I10: ", StringComparison.Ordinal));
    }

    // In the middle of the second boot.
    private byte[] DataLine => round.Lines.Where(line => Encoding.UTF8.GetString(line).Contains("dcs-1.load", StringComparison.Ordinal)).ToArray() is var lines ? lines[lines.Length * 3 / 4] : [];

    private async Task<FaultOutcome> Finds(string fault, IEnumerable<byte[]> lines, RoundHistory? history = null, GatewayLedger? gateway = null)
    {
        var outcome = await round.JudgeAsync(lines, history, gateway);
        Assert.Contains(outcome.Faults, found => found.StartsWith(fault, StringComparison.Ordinal));
        return outcome;
    }

    private IEnumerable<byte[]> Replaced(byte[] line, byte[] by) => round.Lines.Select(one => one.SequenceEqual(line) ? by : one);

    private static byte[] Flipped(byte[] line)
    {
        var flipped = line.ToArray();
        flipped[^10] ^= 1;
        return flipped;
    }

    // Another first value in the first row: [group,first,slot,dt,[value,…
    private byte[] Altered()
    {
        var payload = Encoding.UTF8.GetString(Envelope.PayloadOf(DataLine));
        var row = payload.IndexOf("\"r\":[[", StringComparison.Ordinal) + 6;
        var value = payload.IndexOf('[', row) + 1;
        return Encoding.UTF8.GetBytes(payload[..value] + "4711.25" + payload[payload.IndexOfAny([',', ']'], value)..]);
    }

    private byte[] SignedAgain(byte[] payload)
    {
        using var signer = SigningKeyFile.LoadOrCreate(Path.GetDirectoryName(round.Staged.SigningCertificate)!, "", TimeProvider.System); // a file in a folder
        return Envelope.Seal(signer, Envelope.ProtectedHeader(signer, "egb1"), payload);
    }
}
