using EdgeGateway.Evidence;
using EdgeGateway.Receiving;

namespace EdgeGateway.Tests.Receiving;

public sealed class RawLineFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("received.egb1");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_writer_is_refused_and_told_what_to_do()
    {
        using var first = new RawLineFile(Path);
        first.Append("one"u8);
        first.Sync();
        Assert.Contains("--out", Assert.Throws<IOException>(() => new RawLineFile(Path)).Message, StringComparison.Ordinal);
        Assert.Equal(["one"], Lines());
    }

    [Fact]
    public void The_next_writer_goes_on_where_the_first_ended()
    {
        using (var first = new RawLineFile(Path)) first.Append("one"u8);
        using (var second = new RawLineFile(Path)) second.Append("two"u8);
        Assert.Equal(["one", "two"], Lines());
    }

    [Fact]
    public void A_line_that_a_crash_cut_short_is_ended_first()
    {
        File.WriteAllText(Path, "one\ncu");
        using (var writer = new RawLineFile(Path)) writer.Append("two"u8);
        Assert.Equal(["one", "cu", "two"], Lines());
    }

    private string[] Lines() => [.. EgbFile.Lines(Path).Select(line => System.Text.Encoding.UTF8.GetString(line.Span))];
}
