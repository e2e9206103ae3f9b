using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using EdgeGateway.Evidence;
using EdgeGateway.Evidence.Keys;

namespace EdgeGateway.SystemTests;

/// <summary>SM2 with SM3, ours against OpenSSL's, in both directions; and the vectors of the wire contract by OpenSSL alone.</summary>
public sealed class Sm2OpenSslTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _openSsl = RealPart.OpenSsl();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1234567812345678")]
    [InlineData("gw-1@demo-plant")]
    public async Task What_we_sign_verifies_there(string userId)
    {
        var key = Sm2Curve.Create();
        using var signer = new Sm2Signer(key, userId);
        var signature = new byte[SignatureAlgorithm.SignatureSize];
        signer.Sign("header"u8, "payload"u8, signature);
        await Verifies(Pem("PUBLIC KEY", Sm2Curve.PublicKeyInfo(Sm2Curve.PublicOf(key))), "header.payload"u8.ToArray(), signature, userId, expected: true);
    }

    [Fact]
    public async Task Under_another_user_id_it_does_not()
    {
        var key = Sm2Curve.Create();
        using var signer = new Sm2Signer(key, "1234567812345678");
        var signature = new byte[SignatureAlgorithm.SignatureSize];
        signer.Sign("header"u8, "payload"u8, signature);
        await Verifies(Pem("PUBLIC KEY", Sm2Curve.PublicKeyInfo(Sm2Curve.PublicOf(key))), "header.payload"u8.ToArray(), signature, "8765432187654321", expected: false);
    }

    [Fact]
    public async Task What_is_signed_there_verifies_here()
    {
        var (key, data, der) = (_folder.Sub("key.pem"), _folder.Sub("data"), _folder.Sub("signature"));
        await Run(0, "genpkey", "-algorithm", "SM2", "-out", key);
        File.WriteAllBytes(data, "header.payload"u8.ToArray());
        await Run(0, "pkeyutl", "-sign", "-inkey", key, "-rawin", "-digest", "sm3", "-in", data, "-out", der, "-pkeyopt", "distid:1234567812345678");
        await Run(0, "pkey", "-in", key, "-pubout", "-outform", "DER", "-out", _folder.Sub("public"));

        using var trusted = TrustedKey.From(File.ReadAllBytes(_folder.Sub("public")));
        Assert.NotNull(trusted);
        var signature = new EnvelopeSignature("header"u8.ToArray(), RawOf(File.ReadAllBytes(der)), SignatureAlgorithm.Sm2Sm3, trusted.KeyId, "egb1") { UserId = "1234567812345678" };
        Assert.True(trusted.Verifies(signature, "payload"u8));
        Assert.False(trusted.Verifies(signature, "Payload"u8));
        Assert.False(trusted.Verifies(signature with { UserId = "8765432187654321" }, "payload"u8));
    }

    [Fact]
    public async Task A_key_made_there_signs_here()
    {
        var key = _folder.Sub("key.pem");
        await Run(0, "genpkey", "-algorithm", "SM2", "-out", key);
        var pem = File.ReadAllText(key);
        using var signer = new Sm2Signer(Sm2Curve.PrivateFrom(Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data])), "1234567812345678");
        await Run(0, "pkey", "-in", key, "-pubout", "-out", _folder.Sub("public"));
        var signature = new byte[SignatureAlgorithm.SignatureSize];
        signer.Sign("a"u8, "b"u8, signature);
        await Verifies(File.ReadAllText(_folder.Sub("public")), "a.b"u8.ToArray(), signature, "1234567812345678", expected: true);
    }

    [Theory]
    [InlineData("sm2.egb1")]
    [InlineData("sm2-beside-es256.egb1")]
    [InlineData("sm2-with-a-user-id-of-its-own.egb1")]
    public async Task Each_SM2_signature_of_a_vector_verifies_there(string vector)
    {
        var publicKey = File.ReadAllText(Repository.PathOf("tests", "vectors", "gateway-sm2.pub"));
        var count = 0;
        foreach (var line in EgbFile.Lines(Repository.PathOf("tests", "vectors", vector)).Select(line => line.ToArray()).ToList())
        {
            Assert.True(Envelope.TryParse(line, out var parts));
            foreach (var signature in parts.Signatures.Where(signature => signature.Algorithm == SignatureAlgorithm.Sm2Sm3))
            {
                await Verifies(publicKey, [.. signature.Protected.Span, (byte)'.', .. parts.Payload.Span], signature.Signature, signature.UserId, expected: true);
                count++;
            }
        }
        Assert.True(count > 0);
    }

    [Fact]
    public async Task Our_request_and_certificate_are_taken_there()
    {
        var key = Sm2Curve.Create();
        File.WriteAllText(_folder.Sub("csr"), KeyCertificates.SigningRequest(key, "plant/gw-1", "K7-3319"));
        await Run(0, "req", "-verify", "-noout", "-in", _folder.Sub("csr"), "-vfyopt", "distid:1234567812345678");

        // openssl verify has no way to say the user id of a certificate that is its own authority: its signature is verified as such.
        var pem = KeyCertificates.SelfSigned(key, "plant/gw-1", TimeProvider.System.GetUtcNow());
        var certificate = new AsnReader(Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]), AsnEncodingRules.DER).ReadSequence();
        var signed = certificate.ReadEncodedValue().ToArray();
        certificate.ReadEncodedValue();
        await Verifies(Pem("PUBLIC KEY", Sm2Curve.PublicKeyInfo(Sm2Curve.PublicOf(key))), signed, RawOf(certificate.ReadBitString(out _)), "1234567812345678", expected: true);
    }

    private async Task Verifies(string publicKey, byte[] message, byte[] signature, string userId, bool expected)
    {
        File.WriteAllText(_folder.Sub("key.pub"), publicKey);
        File.WriteAllBytes(_folder.Sub("message"), message);
        File.WriteAllBytes(_folder.Sub("message.sig"), DerOf(signature));
        await Run(expected ? 0 : 1, "pkeyutl", "-verify", "-pubin", "-inkey", _folder.Sub("key.pub"), "-rawin", "-digest", "sm3",
            "-in", _folder.Sub("message"), "-sigfile", _folder.Sub("message.sig"), "-pkeyopt", $"distid:{userId}");
    }

    private async Task Run(int expected, params string[] arguments)
    {
        await using var program = RunningProgram.Start(_openSsl, arguments);
        await program.Ends(expected);
    }

    private static string Pem(string label, byte[] der) => PemEncoding.WriteString(label, der);

    private static byte[] DerOf(byte[] raw)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new BigInteger(raw.AsSpan(0, 32), isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new BigInteger(raw.AsSpan(32), isUnsigned: true, isBigEndian: true));
        }
        return writer.Encode();
    }

    private static byte[] RawOf(byte[] der)
    {
        var sequence = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        var raw = new byte[SignatureAlgorithm.SignatureSize];
        foreach (var at in new[] { 0, 32 })
        {
            var number = sequence.ReadInteger().ToByteArray(isUnsigned: true, isBigEndian: true);
            number.CopyTo(raw, at + 32 - number.Length);
        }
        return raw;
    }
}
