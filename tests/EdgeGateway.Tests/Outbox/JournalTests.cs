using System.Text;
using EdgeGateway.Outbox;

namespace EdgeGateway.Tests.Outbox;

public sealed class JournalTests : IDisposable
{
    private const int Capacity = 64 * 1024;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_appended_is_read_again_in_order_over_laps_and_restarts()
    {
        var written = 0;
        for (var boot = 0; boot < 5; boot++)
        {
            using var journal = Open(out var frames);
            var kept = Numbers(frames);
            Assert.Equal(Enumerable.Range(written - kept.Count + 1, kept.Count), kept);
            for (var i = 0; i < 9; i++) Write(journal, ++written);
        }
        using var last = Open(out var all);
        Assert.Equal(written, Numbers(all)[^1]);
        Assert.True(Numbers(all).Count < written, "the files never changed: nothing was written over");
        Assert.All(Directory.GetFiles(_folder.Path), file => Assert.Equal(Capacity, new FileInfo(file).Length));
    }

    [Fact]
    public void A_torn_last_entry_was_never_committed_and_its_place_is_used_again()
    {
        using (var journal = Open(out _)) for (var i = 1; i <= 3; i++) Write(journal, i);
        // The fourth entry as a power cut leaves it: its first sector, over the mark that stood there.
        var entry = new byte[JournalFrame.LengthOf(5000)];
        new JournalFrame(1, 4, JournalFrameKind.Entry, Enumerable.Repeat((byte)7, 5000).ToArray()).Write(entry);
        Overwrite("journal-a", EntryAt(4), entry.AsSpan(0, JournalFrame.Sector));
        using (var journal = Open(out var frames))
        {
            Assert.Equal([1, 2, 3], Numbers(frames));
            Write(journal, 4);
        }
        using (Open(out var frames)) Assert.Equal([1, 2, 3, 4], Numbers(frames));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void An_entry_that_can_no_longer_be_read_is_missing_alone_and_the_mark_tells_that_the_newest_had_been_there(int damaged)
    {
        using (var journal = Open(out _)) for (var i = 1; i <= 3; i++) Write(journal, i);
        Overwrite("journal-a", EntryAt(damaged) + 40, "rot"u8);
        using (var journal = Open(out var frames))
        {
            Assert.Equal(new[] { 1, 2, 3 }.Except([damaged]), Numbers(frames));
            Assert.Equal("mark 3", Encoding.ASCII.GetString(frames.Single(frame => frame.Kind == JournalFrameKind.Mark).Content.Span));
            Write(journal, 4);
        }
        using (Open(out var frames)) Assert.Equal(4, frames[^1].Number);
    }

    [Fact]
    public void Losing_the_older_file_is_no_reason_to_doubt_the_newer_one()
    {
        using (var journal = Open(out _)) for (var i = 1; i <= 20; i++) Write(journal, i);
        File.Delete(_folder.Sub("journal-a"));
        using (Open(out var frames)) Assert.Equal(20, Numbers(frames)[^1]);
    }

    [Fact]
    public void Losing_the_newer_file_is_noticed_by_the_older_one()
    {
        using (var journal = Open(out _)) for (var i = 1; i <= 20; i++) Write(journal, i);
        File.WriteAllBytes(_folder.Sub("journal-b"), new byte[Capacity]);
        Assert.Contains("journal-b is the newer one", Assert.Throws<JournalLostException>(() => Open(out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_whose_end_is_missing_may_have_lost_the_newest_entries()
    {
        using (var journal = Open(out _)) for (var i = 1; i <= 3; i++) Write(journal, i);
        File.WriteAllBytes(_folder.Sub("journal-a"), File.ReadAllBytes(_folder.Sub("journal-a"))[..20_000]);
        Assert.Contains("its end is missing", Assert.Throws<JournalLostException>(() => Open(out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_power_cut_while_changing_files_leaves_the_older_lap_in_charge()
    {
        using (var journal = Open(out _)) for (var i = 1; i <= 5; i++) Write(journal, i);
        // The new lap's first frame, torn: half a sector of it.
        var begin = new byte[JournalFrame.Sector];
        new JournalFrame(2, 5, JournalFrameKind.Begin, new byte[8]).Write(begin);
        Overwrite("journal-b", 0, begin.AsSpan(0, 20));
        using (var journal = Open(out var frames))
        {
            Assert.Equal([1, 2, 3, 4, 5], Numbers(frames));
            journal.StartLap();
            Write(journal, 6);
        }
        using (Open(out var frames)) Assert.Equal([1, 2, 3, 4, 5, 6], Numbers(frames));
    }

    [Fact]
    public void The_last_part_of_a_file_is_for_what_is_urgent()
    {
        using var journal = Open(out _);
        while (journal.Fits(3000, isUrgent: false)) journal.Append(new byte[3000], default);
        Assert.True(journal.Fits(3000, isUrgent: true));
        while (journal.Fits(3000, isUrgent: true)) journal.Append(new byte[3000], default);
        Assert.True(journal.Fill > 0.9);
    }

    [Fact]
    public void Another_process_is_kept_out()
    {
        using var journal = Open(out _);
        Assert.Throws<IOException>(() => Open(out _));
    }

    private Journal Open(out IReadOnlyList<JournalFrame> frames) => Journal.Open(new DiskFolder(_folder.Path), Capacity, out frames);

    private static void Write(Journal journal, int number)
    {
        if (!journal.Fits(5000, isUrgent: false)) journal.StartLap();
        var content = new byte[5000];
        BitConverter.TryWriteBytes(content, number);
        journal.Append(content, Encoding.ASCII.GetBytes($"mark {number}"));
    }

    private static List<int> Numbers(IEnumerable<JournalFrame> frames) =>
        [.. frames.Where(frame => frame.Kind == JournalFrameKind.Entry).Select(frame => BitConverter.ToInt32(frame.Content.Span))];

    // The first sector says that the lap begins.
    private static int EntryAt(int number) => JournalFrame.Sector + (number - 1) * JournalFrame.LengthOf(5000);

    private void Overwrite(string name, long at, ReadOnlySpan<byte> bytes)
    {
        using var file = File.OpenHandle(_folder.Sub(name), FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.Write(file, bytes, at);
    }
}
