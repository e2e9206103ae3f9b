using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using EdgeGateway.Evidence;

namespace EdgeGateway.Benchmarks;

/// <summary>
/// Judging received lines, one core: 200 lines of 100 values (3 answers of a small plant's second) an operation, beside the bare signature checks of the same
/// lines, which no verifier can save.
/// </summary>
[MemoryDiagnoser]
public class VerifyLines : IDisposable
{
    private const int Lines = 200;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly List<byte[]> _lines = [];
    private readonly List<(byte[] Digest, byte[] Signature)> _signatures = [];
    private TrustedKeys _keys = null!; // Setup

    [GlobalSetup]
    public void Setup()
    {
        using var signer = new Es256Signer(ECDsa.Create(_key.ExportParameters(includePrivateParameters: true)));
        var sealer = new Sealer(
            new GatewayIdentity { Site = "bench", Gateway = "gw-1", Epoch = 1, Boot = "0123456789abcdef", ConfigHash = ChainHash.Zero.ToString(), Software = "bench" },
            signer, TimeProvider.System);
        _keys = new TrustedKeys();
        _keys.Add(ECDsa.Create(_key.ExportParameters(includePrivateParameters: false)));
        var tail = default(StreamTail);
        for (var i = 0; i < Lines; i++)
        {
            var segment = i == 0
                ? sealer.Seal(Streams.Readings, tail, "event"u8, 0, 0, ",\"ev\":\"plan\",\"of\":1,\"part\":1,\"groups\":[{\"id\":\"d/fast\",\"pm\":1000,\"n\":100,\"k0\":0}]"u8, 0)
                : sealer.Seal(Streams.Readings, tail, "data"u8, 0, 0, Body(i - 1), 100);
            tail = new StreamTail(segment.Sequence, segment.Hash);
            _lines.Add(segment.Line);
            if (!Envelope.TryParse(segment.Line, out var parts)) throw new InvalidOperationException("a sealed line does not parse");
            var digest = new byte[32];
            Es256Signer.Digest(parts.Signatures[0].Protected.Span, parts.Payload.Span, digest);
            _signatures.Add((digest, parts.Signatures[0].Signature));
        }
        if (!Judge()) throw new InvalidOperationException("the benchmark's chain does not verify");
    }

    [Benchmark(Baseline = true)]
    public bool BareSignatures()
    {
        var all = true;
        foreach (var (digest, signature) in _signatures)
            all &= _key.VerifyHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return all;
    }

    [Benchmark]
    public bool Judge()
    {
        var verifier = new ChainVerifier(_keys);
        foreach (var line in _lines) verifier.Add(line);
        return verifier.Finish().IsOk;
    }

    public void Dispose()
    {
        _keys?.Dispose();
        _key.Dispose();
        GC.SuppressFinalize(this);
    }

    private static byte[] Body(int slot)
    {
        var text = new Utf8Buffer(8192);
        text.Raw(",\"g\":[{\"id\":\"d/fast\",\"pm\":1000,\"n\":100,\"o\":0,\"s\":["u8);
        for (var i = 0; i < 100; i++)
        {
            if (i > 0) text.Raw(","u8);
            text.Raw("[\"d.s"u8).Number(i).Raw("\",\"mg/m3\",\"a21026\"]"u8);
        }
        text.Raw("]}],\"r\":[[0,0,"u8).Number(slot).Raw(",0,["u8);
        for (var i = 0; i < 100; i++)
        {
            if (i > 0) text.Raw(","u8);
            text.Decimal(1000 + i * 7 + slot, -2);
        }
        return text.Raw("]]]"u8).Written.ToArray();
    }
}
