using EdgeGateway.Drivers.Dlt645;
using EdgeGateway.Drivers.Framing;

namespace EdgeGateway.Drivers.Tests.Dlt645;

/// <summary>What known frames are taken for, by the whole driver.</summary>
public sealed class VectorTests
{
    [Theory]
    [InlineData("V04", "000102030425", "forward-active", "120642e-2")]
    [InlineData("V05", "123456789012", "forward-active", "12345678e-2")]
    [InlineData("V06", "123456789012", "forward-active", "IllegalAddress")]
    [InlineData("V07", "123456789012", "forward-active", "IllegalAddress")]
    [InlineData("V11", "111111111111", "ua", "BadReply")]
    [InlineData("V12", "111111111111", "combined-active", "635e-2")]
    [InlineData("V13", "181226034194", "ua ub uc", "2303e-1 0e-1 0e-1")]
    [InlineData("V14", "181226034194", "ia ib ic", "188e-3 0e-3 0e-3")]
    [InlineData("V16", "002241020208", "meter-number", "002241020208")]
    [InlineData("V17", "000000000161", "ua", "1001e-1")]
    [InlineData("V19", "652022122018", "ua ub uc", "0e-1 0e-1 2394e-1")]
    [InlineData("V20", "138000130754", "9010", "1e-2")]
    [InlineData("V22", "123456789012", "9010", "10000e-2")]
    [InlineData("V24", "000000000003", "B611", "100e0")]
    [InlineData("V25", "202107072529", "combined-active", "31776e-2")]
    [InlineData("V26", "123456789012", "forward-active", "BadReply")]
    [InlineData("V27", "000000000003", "ua", "BadReply")]
    [InlineData("C02", "202107072529", "p", "-1234e-4")]
    [InlineData("C04", "202107072529", "ia ib ic", "1500e-3 -1500e-3 1499e-3")]
    [InlineData("C06", "202107072529", "frequency", "5002e-2")]
    [InlineData("C07", "202107072529", "date", "26-11-23 01")]
    [InlineData("C08", "202107072529", "time", "11:05:38")]
    [InlineData("C13", "202107072529", "pf", "-987e-3")]
    [InlineData("C14", "202107072529", "forward-active", "166816e-2")]
    [InlineData("C15", "161616161616", "forward-active", "16e-2")]
    [InlineData("C16", "686868686868", "forward-active", "1668e-2")]
    [InlineData("C17", "202107072529", "forward-active forward-active-t1 forward-active-t4", "123456e-2 1e-2 123450e-2")]
    [InlineData("C18", "202107072529", "forward-active", "NotANumber")]
    [InlineData("V04", "000102030426", "forward-active", "Timeout")] // another meter
    [InlineData("V04", "AAAAAAAA0425", "forward-active", "120642e-2")]
    [InlineData("V04", "AAAAAAAAAAAA", "forward-active", "120642e-2")]
    [InlineData("V04", "000102030425", "reverse-active", "BadReply")] // another item
    [InlineData("V03", "000102030425", "forward-active", "Timeout")] // a question is no answer
    [InlineData("V22", "123456789012", "forward-active", "BadReply")] // another edition
    public async Task A_known_reply_is_read_as_what_it_is(string id, string address, string points, string expected)
    {
        await using var bench = await MeterBench.On(points, MeterMap.Device(address: address));
        bench.Line.OnQuestion = _ => bench.Line.Send(Vectors.Frame(id));

        Assert.Equal(expected, MeterBench.Text(await bench.Poll()));
    }

    [Theory]
    [InlineData("V03", "000102030425", "forward-active")]
    [InlineData("V09", "000012345678", "ua")]
    [InlineData("V21", "123456789012", "9010")]
    [InlineData("V23", "000000000003", "B611")]
    [InlineData("C01", "202107072529", "p")]
    [InlineData("C03", "202107072529", "ia ib ic")]
    [InlineData("C05", "202107072529", "frequency")]
    [InlineData("C12", "AAAAAAAA2529", "forward-active")]
    public async Task A_question_is_written_as_known(string id, string address, string points)
    {
        await using var bench = await MeterBench.On(points, MeterMap.Device(address: address));
        bench.Line.OnQuestion = _ => { };
        await bench.Poll();

        byte[] expected = [0xFE, 0xFE, 0xFE, 0xFE, .. Vectors.Frame(id)];
        Assert.Equal(expected, bench.Line.Questions[0]);
    }

    [Fact]
    public void A_question_for_a_following_frame_is_written_as_known()
    {
        Assert.True(MeterAddress.TryParse("123456789012", out var address));
        Assert.Equal(Vectors.Frame("V08"), Written(ReadMessage.ForFollowUp(address, Edition.Of2007, 0x03300001, 1)));
    }

    [Fact]
    public void A_question_for_an_address_is_written_as_known() => Assert.Equal(Vectors.Frame("V01"), Written(ReadMessage.ForAddress(MeterAddress.Wildcard)));

    [Theory]
    [InlineData("V02", "000000000001")]
    [InlineData("V15", "181226034194")]
    public void A_reply_with_an_address_is_taken(string id, string expected)
    {
        var content = new byte[Dlt645Frame.MaxContentBytes];
        Dlt645Frame.Read(Vectors.Frame(id), content, out _, out var length);
        Assert.Equal(ReplyKind.Data, ReadMessage.ForAddress(MeterAddress.Wildcard).Judge(content.AsSpan(0, length), out var data, out _));
        Assert.Equal(expected, MeterAddress.Read(data).ToString());
    }

    [Fact]
    public async Task A_reply_in_two_frames_is_put_together()
    {
        var point = MeterMap.Read("s", new() { ["di"] = "03300001", ["format"] = "NNNNNNNNNNNNNNNNNNNNNNNNNNNNNN" }, out _)!;
        await using var line = new ScriptedStream();
        var frames = new Queue<byte[]>([Vectors.Frame("C09"), Vectors.Frame("C10")]);
        line.OnQuestion = _ => line.Send(frames.Dequeue());
        var driver = new Dlt645Type().Create("line1", TimeProvider.System);
        await driver.AttachAsync(line, CancellationToken.None);
        var sink = new RecordingSink(1);
        await driver.ReadAsync(new PollGroup("m/g", MeterMap.Device(), TimeSpan.FromSeconds(1), [point]), sink, CancellationToken.None);

        Assert.Equal("040302010009080706050403020100", sink.Samples[0].Value.AsText);
    }

    [Fact]
    public async Task A_refused_following_frame_spoils_the_item()
    {
        var point = MeterMap.Read("s", new() { ["di"] = "03300001", ["format"] = "NNNNNNNNNNNNNNNNNNNN" }, out _)!;
        await using var line = new ScriptedStream();
        var frames = new Queue<byte[]>([Vectors.Frame("C09"), Vectors.Frame("C11")]);
        line.OnQuestion = _ => line.Send(frames.Dequeue());
        var driver = new Dlt645Type().Create("line1", TimeProvider.System);
        await driver.AttachAsync(line, CancellationToken.None);
        var sink = new RecordingSink(1);
        await driver.ReadAsync(new PollGroup("m/g", MeterMap.Device(), TimeSpan.FromSeconds(1), [point]), sink, CancellationToken.None);

        Assert.Equal(Quality.BadReply, sink.Samples[0].Quality);
    }

    private static byte[] Written(ReadMessage message)
    {
        var content = new byte[ReadMessage.MaxBytes];
        var frame = new byte[Dlt645Frame.MaxBytes];
        var length = Dlt645Frame.Write(frame, content.AsSpan(0, message.Write(content)), preamble: 0);
        return frame[..length];
    }
}
