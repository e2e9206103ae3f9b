using System.Text;
using EdgeGateway.Evidence;
using FsCheck.Xunit;

namespace EdgeGateway.Tests.Evidence;

public class EgbFileTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\n\nb\r\n\n", new[] { "a", "", "b\r", "" })]
    [InlineData("\n", new[] { "" })]
    public void Only_a_line_feed_ends_a_line(string text, string[] lines) => Assert.Equal(lines, Read(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_line_that_is_too_long_is_cut_and_still_seen_to_be_too_long()
    {
        var lengths = new[] { Envelope.MaxLineBytes, Envelope.MaxLineBytes + 1, Envelope.MaxLineBytes + 2, 5_000_000, 3 };
        var text = string.Join('\n', lengths.Select(length => new string('x', length)));
        Assert.Equal(lengths.Select(length => Math.Min(length, Envelope.MaxLineBytes + 1)), Read(Encoding.ASCII.GetBytes(text)).Select(line => line.Length));
    }

    [Property(MaxTest = 100)]
    public void However_the_bytes_arrive_the_lines_are_the_same(int seed)
    {
        var random = new Random(seed);
        var lines = Enumerable.Range(0, random.Next(1, 30))
            .Select(i => new string((char)('a' + (i % 26)), random.Next(4) == 0 ? random.Next(70_000) : random.Next(20))).ToArray();
        var bytes = Encoding.ASCII.GetBytes(string.Join('\n', lines) + "\n");
        var expected = lines.Select(line => line[..Math.Min(line.Length, Envelope.MaxLineBytes + 1)]);
        Assert.Equal(expected, Read(bytes, random));
    }

    private static string[] Read(byte[] bytes, Random? pieces = null)
    {
        using var stream = new PiecewiseStream(bytes, pieces);
        return [.. EgbFile.Lines(stream).Select(line => Encoding.ASCII.GetString(line.Span))];
    }

    /// <summary>Hands out its bytes in pieces, as a disk or a pipe may.</summary>
    private sealed class PiecewiseStream(byte[] bytes, Random? pieces) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, pieces is null ? count : Math.Min(count, pieces.Next(1, 50_000)));
    }
}
