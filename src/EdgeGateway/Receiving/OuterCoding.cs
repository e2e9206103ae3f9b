using System.Buffers;
using System.IO.Compression;
using System.Text;
using EdgeGateway.Evidence;
using MQTTnet;
using ZstdSharp;

namespace EdgeGateway.Receiving;

/// <summary>Takes the optional outer compression off a message (docs/wire.md §5); it is never part of the evidence.</summary>
internal static class OuterCoding
{
    /// <summary>The line, or null if the message cannot be one: unknown coding, broken, or longer than a line may be.</summary>
    public static byte[]? LineOf(MqttApplicationMessage message)
    {
        var coding = message.UserProperties?.Where(property => property.Name == "ce").Select(property => Encoding.UTF8.GetString(property.ValueBuffer.Span)).FirstOrDefault();
        if (message.Payload.Length > Envelope.MaxLineBytes) return null;
        var bytes = message.Payload.ToArray();
        try
        {
            return coding switch
            {
                null => bytes,
                "gzip" => Gunzip(bytes),
                "zstd" => Unzstd(bytes),
                _ => null,
            };
        }
        catch (Exception e) when (e is InvalidDataException or ZstdException)
        {
            return null;
        }
    }

    private static byte[]? Gunzip(byte[] packed)
    {
        using var unpacked = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        var line = new byte[Envelope.MaxLineBytes + 1];
        var length = unpacked.ReadAtLeast(line, line.Length, throwOnEndOfStream: false);
        return length > Envelope.MaxLineBytes ? null : line[..length];
    }

    private static byte[] Unzstd(byte[] packed)
    {
        using var decompressor = new Decompressor();
        return decompressor.Unwrap(packed, Envelope.MaxLineBytes).ToArray();
    }
}
