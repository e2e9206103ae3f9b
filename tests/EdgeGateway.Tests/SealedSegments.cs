using System.Security.Cryptography;
using EdgeGateway.Evidence;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Tests;

/// <summary>Real, signed segments of one gateway, as many as a test wants.</summary>
internal sealed class SealedSegments(TimeProvider? time = null, long epoch = 1)
{
    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly Es256Signer Signer = new(Key);

    private readonly Dictionary<string, StreamTail> _tails = [];
    private readonly Sealer _sealer = new(
        new GatewayIdentity { Site = "test", Gateway = "gw-1", Epoch = epoch, Boot = "0123456789abcdef", ConfigHash = ChainHash.Zero.ToString(), Software = "test" },
        Signer, time ?? new FakeTimeProvider()); // stands still: the times of these payloads are the tests' own

    public Sealer Sealer => _sealer;

    /// <summary>The next segment of a stream, with a body of about <paramref name="bytes"/> bytes that do not compress.</summary>
    public Segment Next(string stream = Streams.Readings, int bytes = 100, long t = 1_700_000_000_000)
    {
        var filler = Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes * 3 / 4));
        var body = System.Text.Encoding.ASCII.GetBytes($",\"ev\":\"test\",\"filler\":\"{filler}\"");
        var segment = _sealer.Seal(stream, _tails.GetValueOrDefault(stream), "event"u8, t, t, body, readings: 1);
        _tails[stream] = new StreamTail(segment.Sequence, segment.Hash);
        return segment;
    }

    /// <summary>The next segment of readings, with a body of the test's own.</summary>
    public Segment Data(ReadOnlySpan<byte> body, long t0, long t1)
    {
        var segment = _sealer.Seal(Streams.Readings, _tails.GetValueOrDefault(Streams.Readings), "data"u8, t0, t1, body, readings: 1);
        _tails[Streams.Readings] = new StreamTail(segment.Sequence, segment.Hash);
        return segment;
    }

    /// <summary>The chain goes on from a segment that the test has sealed itself.</summary>
    public Segment Take(Segment segment)
    {
        _tails[segment.Stream] = new StreamTail(segment.Sequence, segment.Hash);
        return segment;
    }

    /// <summary>A gap record for what left the store.</summary>
    public Segment Gap(EdgeGateway.Outbox.Eviction eviction, string cause = "evicted")
    {
        var body = System.Text.Encoding.ASCII.GetBytes($",\"cause\":\"{cause}\",\"lo\":{eviction.Low},\"hi\":{eviction.High},\"hh\":\"{eviction.Hash}\",\"n\":{eviction.High - eviction.Low + 1}");
        var segment = _sealer.Seal(eviction.Stream, _tails[eviction.Stream], "gap"u8, 0, 0, body, 0);
        _tails[eviction.Stream] = new StreamTail(segment.Sequence, segment.Hash);
        return segment;
    }

    /// <summary>The same in PEM.</summary>
    public static string PublicKeyPem => Key.ExportSubjectPublicKeyInfoPem();

    /// <summary>What a receiver of these trusts.</summary>
    public static TrustedKeys TrustedKeys()
    {
        var keys = new TrustedKeys();
        keys.Add(ECDsa.Create(Key.ExportParameters(includePrivateParameters: false)));
        return keys;
    }

    /// <summary>What a receiver of these makes of them.</summary>
    public static Verdict Judge(IEnumerable<Segment> segments)
    {
        using var keys = TrustedKeys();
        var verifier = new ChainVerifier(keys);
        foreach (var segment in segments) verifier.Add(segment.Line);
        return verifier.Finish();
    }
}
