using EdgeGateway.Receiving;

namespace EdgeGateway.Tests.Receiving;

public sealed class RawLineFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.Sub("received.egb1");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_writer_is_refused_and_told_what_to_do()
    {
        using var first = new RawLineFile(Path);
        first.Append("one"u8);
        first.Sync();
        Assert.Contains("--out", Assert.Throws<IOException>(() => new RawLineFile(Path)).Message, StringComparison.Ordinal);
        Assert.Equal("one\n", Read());
    }

    [Fact]
    public void The_next_writer_goes_on_where_the_first_ended()
    {
        foreach (var line in new[] { "one", "two" })
        {
            using var file = new RawLineFile(Path);
            file.Append(System.Text.Encoding.ASCII.GetBytes(line));
            file.Sync();
        }
        Assert.Equal("one\ntwo\n", Read());
    }

    [Fact]
    public void Lines_are_there_after_sync_and_not_before()
    {
        using var file = new RawLineFile(Path);
        file.Append("one"u8);
        Assert.Equal("", Read());
        file.Sync();
        file.Append("two"u8);
        file.Sync();
        file.Sync();
        Assert.Equal("one\ntwo\n", Read());
    }

    [Fact]
    public void A_line_that_a_crash_cut_short_is_ended_first()
    {
        File.WriteAllText(Path, "whole\ncut");
        using (var file = new RawLineFile(Path))
        {
            file.Append("next"u8);
            file.Sync();
        }
        Assert.Equal("whole\ncut\nnext\n", Read());
    }

    [Fact]
    public void A_full_disk_is_told_every_time_and_nothing_is_forgotten()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "a device that is always full is a thing of Linux");
        File.CreateSymbolicLink(Path, "/dev/full");
        using var file = new RawLineFile(Path);
        file.Append("one"u8);
        Assert.Throws<IOException>(file.Sync);
        Assert.Throws<IOException>(file.Sync);
    }

    private string Read()
    {
        using var file = new StreamReader(new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return file.ReadToEnd();
    }
}
