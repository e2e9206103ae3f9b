using System.Buffers.Text;
using System.Text;
using EdgeGateway.Evidence;

namespace EdgeGateway.Tests.Evidence;

public class EnvelopeTests
{
    private const string Header = """{"alg":"ES256","b64":false,"crit":["b64"],"kid":"k","typ":"egb1"}""";
    private static readonly string Signature = Text(new byte[64]);

    [Fact]
    public void A_sealed_line_comes_apart_into_what_was_sealed()
    {
        using var gateway = new TestGateway();
        var line = Envelope.Seal(gateway.Signer, Envelope.ProtectedHeader(gateway.Signer, "egr1"), "{\"a\":\"|~..\"}"u8);
        Assert.True(Envelope.TryParse(line, out var parts));
        var signature = Assert.Single(parts.Signatures);
        Assert.Equal(("ES256", gateway.Signer.KeyId, "egr1"), (signature.Algorithm, signature.KeyId, signature.Typ));
        Assert.Equal("{\"a\":\"|~..\"}"u8.ToArray(), parts.Payload.ToArray());
        Assert.Equal("{\"a\":\"|~..\"}"u8.ToArray(), Envelope.PayloadOf(line).ToArray());
    }

    [Fact]
    public void No_beginning_of_a_line_is_taken_for_a_line_that_holds()
    {
        using var gateway = new TestGateway();
        using var keys = gateway.Trusted();
        var line = gateway.Data(0);
        var envelope = line.Length - Envelope.PayloadOf(line).Length;
        var check = new LineCheck(keys, new PayloadParser(keepsRows: false));
        Assert.NotNull(check.Judge(line, out _, out _));
        for (var length = 0; length < line.Length; length++)
        {
            Assert.Null(check.Judge(line.AsMemory(0, length), out _, out var fault));
            Assert.Equal(length < envelope ? FaultCode.Format : FaultCode.Signature, fault.Code);
            Assert.Equal(length >= envelope, Envelope.TryParse(line.AsMemory(0, length), out _));
        }
    }

    [Theory]
    [InlineData("""{"crit":["b64"],"typ":"egb1","kid":"k","b64":false,"alg":"ES256"}""", true)]
    [InlineData("""{"alg":"ES256","b64":true,"crit":["b64"],"kid":"k","typ":"egb1"}""", false)]
    [InlineData("""{"alg":"ES256","b64":false,"crit":["b64","b64"],"kid":"k","typ":"egb1"}""", false)]
    [InlineData("""{"alg":"ES256","b64":false,"crit":[],"kid":"k","typ":"egb1"}""", false)]
    [InlineData("""{"alg":"ES256","alg":"ES256","b64":false,"crit":["b64"],"kid":"k","typ":"egb1"}""", false)]
    [InlineData("""{"alg":"ES256","b64":false,"crit":["b64"],"kid":"k","typ":"egb1","x":1}""", false)]
    [InlineData("""{"alg":"ES256","b64":false,"crit":["b64"],"kid":"k"}""", false)]
    [InlineData("""{"alg":"ES256","b64":false,"crit":["b64"],"kid":7,"typ":"egb1"}""", false)]
    [InlineData("""{"alg":"ES256","b64":false,"crit":["b64"],"kid":"\ud800","typ":"egb1"}""", false)]
    [InlineData("""{"alg":"ES256","b64":false,"crit":["b64"],"kid":"k","typ":"egb1"}{}""", false)]
    [InlineData("""["alg"]""", false)]
    [InlineData("", false)]
    public void A_header_has_its_five_members_once_each_and_no_others(string header, bool isHeader) =>
        Assert.Equal(isHeader, Parses($"EGB1|{Text(Encoding.UTF8.GetBytes(header))}..{Signature}|{{}}"));

    [Fact]
    public void One_or_two_signatures_of_any_length_make_a_line()
    {
        var one = $"{Text(Encoding.UTF8.GetBytes(Header))}..";
        Assert.True(Parses($"EGB1|{one}{Signature}~{one}{Signature}|{{}}"));
        Assert.False(Parses($"EGB1|{one}{Signature}~{one}{Signature}~{one}{Signature}|{{}}"));
        Assert.False(Parses($"EGB1|{one}{Signature}~|{{}}"));
        Assert.False(Parses($"EGB1|~{one}{Signature}|{{}}"));
        for (var length = 0; length < 70; length++) Assert.True(Parses($"EGB1|{one}{Text(new byte[length])}|{{}}"));
    }

    [Theory]
    [InlineData("AA==")]
    [InlineData("AB")]
    [InlineData("AAB")]
    [InlineData("A")]
    [InlineData("AA AA")]
    [InlineData("AAA\n")]
    [InlineData("AA+A")]
    [InlineData("AA/A")]
    [InlineData("AA.A")]
    [InlineData("AAéA")]
    public void Only_the_one_encoding_of_its_bytes_is_a_signature(string signature) =>
        Assert.False(Parses($"EGB1|{Text(Encoding.UTF8.GetBytes(Header))}..{signature}|{{}}"));

    [Fact]
    public void The_longest_line_is_sealed_and_one_byte_more_is_not()
    {
        using var gateway = new TestGateway();
        var header = Envelope.ProtectedHeader(gateway.Signer, "egb1");
        var payload = new byte[Envelope.MaxLineBytes - Envelope.Overhead(header)];
        var line = Envelope.Seal(gateway.Signer, header, payload);
        Assert.Equal(Envelope.MaxLineBytes, line.Length);
        Assert.True(Envelope.TryParse(line, out _));
        Assert.False(Envelope.TryParse((byte[])[.. line, 0], out _));
        Assert.Throws<ArgumentException>(() => Envelope.Seal(gateway.Signer, header, new byte[payload.Length + 1]));
    }

    [Fact]
    public void The_longest_body_a_sealer_allows_fits_a_line()
    {
        using var gateway = new TestGateway();
        var sealer = new Sealer(
            new GatewayIdentity
            {
                Site = new string('s', 48),
                Gateway = new string('g', 48),
                Epoch = long.MaxValue,
                Boot = gateway.Boot,
                ConfigHash = ChainHash.Zero.ToString(),
                RulesHash = ChainHash.Zero.ToString(),
                Software = "1.0.0",
            },
            gateway.Signer, TimeProvider.System);
        var body = Encoding.ASCII.GetBytes(",\"x\":\"".PadRight(sealer.MaxBodyBytes - 1, 'x') + "\"");
        var segment = sealer.Seal(new string('t', 48), new StreamTail(long.MaxValue - 1, ChainHash.Zero), "event"u8, long.MinValue, long.MinValue, body, 0);
        Assert.InRange(segment.Line.Length, Envelope.MaxLineBytes - 256, Envelope.MaxLineBytes);
    }

    [Fact]
    public void A_message_with_a_line_end_inside_is_no_line()
    {
        var start = $"EGB1|{Text(Encoding.UTF8.GetBytes(Header))}..{Signature}|";
        Assert.True(Parses(start + "{\r}"));
        Assert.False(Parses(start + "{\n}"));
        Assert.False(Parses(start + "{}\n"));
    }

    private static bool Parses(string line) => Envelope.TryParse(Encoding.UTF8.GetBytes(line), out _);

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
