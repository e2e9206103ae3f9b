using EdgeGateway.Outbox;

namespace EdgeGateway.SystemTests.FaultProgramme.Storage;

/// <summary>The model of a disk must itself be right, or what survives it proves nothing.</summary>
public sealed class VolatileDiskTests
{
    private const int Cuts = 300;
    private readonly VolatileDisk _disk = new();

    [Fact]
    public void What_was_flushed_survives_every_power_cut()
    {
        using var file = _disk.Open("a");
        file.Write([1, 2, 3, 4], 0);
        file.FlushToDisk();
        for (var seed = 0; seed < Cuts; seed++) Assert.Equal([1, 2, 3, 4], _disk.AfterPowerCut(new Random(seed)).BytesOf("a"));
    }

    [Fact]
    public void A_write_after_the_flush_is_sometimes_there_sometimes_lost_and_never_something_else()
    {
        using var file = _disk.Open("a");
        file.Write([1, 1], 0);
        file.FlushToDisk();
        file.Write([2, 2], 0);
        var seen = Images("a");
        Assert.Equal(["0101", "0202"], seen.Order());
    }

    [Fact]
    public void A_large_write_is_torn_at_sectors()
    {
        using var file = _disk.Open("a");
        file.Write(new byte[16_384], 0);
        file.FlushToDisk();
        var fresh = new byte[8192];
        fresh.AsSpan().Fill(7);
        file.Write(fresh, 4096);
        var (small, large) = (false, false);
        for (var seed = 0; seed < Cuts; seed++)
        {
            var image = _disk.AfterPowerCut(new Random(seed)).BytesOf("a");
            Assert.Equal(16_384, image.Length);
            var sectors = image.Chunk(512).Select(sector => sector.Distinct().ToArray()).ToList();
            Assert.All(sectors, sector => Assert.Single(sector));
            var kept = sectors.Skip(8).Take(16).Select(sector => sector[0] == 7).ToList();
            if (kept.Distinct().Count() == 1) continue;
            if (kept.Take(8).Distinct().Count() == 1 && kept.Skip(8).Distinct().Count() == 1) large = true;
            else small = true;
        }
        Assert.True(small, "no image was torn at 512 bytes");
        Assert.True(large, "no image was torn at 4096 bytes");
    }

    [Fact]
    public void Writes_overtake_each_other()
    {
        using var file = _disk.Open("a");
        file.Write([0, 0], 0);
        file.FlushToDisk();
        file.Write([1], 0);
        file.Write([2], 1);
        file.Write([3], 0);
        var seen = Images("a");
        Assert.Contains("0002", seen); // the second without the first
        Assert.Contains("0302", seen);
        Assert.Contains("0102", seen); // the third lost, or overtaken by the first
        Assert.Contains("0000", seen);
    }

    [Fact]
    public void A_new_length_may_be_undone()
    {
        using var file = _disk.Open("a");
        file.Write([1, 2, 3, 4], 0);
        file.FlushToDisk();
        file.SetLength(1);
        Assert.Equal(["01", "01020304"], Images("a").Order());
    }

    [Fact]
    public void A_new_file_is_there_and_what_it_holds_may_not_be()
    {
        using var file = _disk.Open("a");
        file.Write([1], 0);
        Assert.Equal(["", "01"], Images("a").Order());
    }

    [Fact]
    public void A_renamed_or_deleted_file_stays_so()
    {
        using (var file = _disk.Open("a"))
        {
            file.Write([1], 0);
            file.FlushToDisk();
        }
        using (var file = _disk.Open("b")) file.FlushToDisk();
        _disk.Rename("a", "c");
        _disk.Delete("b");
        for (var seed = 0; seed < Cuts; seed++) Assert.Equal(["c"], _disk.AfterPowerCut(new Random(seed)).List());
    }

    [Fact]
    public void After_a_flush_that_failed_the_next_one_proves_nothing()
    {
        using var file = _disk.Open("a");
        file.Write([1], 0);
        file.FlushToDisk();
        file.Write([2], 0);
        _disk.Fault = new DiskFault(_disk.Operations + 1, DiskTrouble.Error);
        Assert.Throws<IOException>(file.FlushToDisk);
        file.FlushToDisk();
        Assert.Contains("01", Images("a"));
    }

    [Fact]
    public void After_a_flush_that_failed_writing_anew_and_flushing_is_good_again()
    {
        using var file = _disk.Open("a");
        file.Write([2], 0);
        _disk.Fault = new DiskFault(_disk.Operations + 1, DiskTrouble.Error);
        Assert.Throws<IOException>(file.FlushToDisk);
        file.Write([2], 0);
        file.FlushToDisk();
        Assert.Equal(["02"], Images("a"));
    }

    [Theory]
    [InlineData(DiskOperation.List)]
    [InlineData(DiskOperation.Open)]
    [InlineData(DiskOperation.Read)]
    [InlineData(DiskOperation.Write)]
    [InlineData(DiskOperation.SetLength)]
    [InlineData(DiskOperation.Flush)]
    [InlineData(DiskOperation.Rename)]
    [InlineData(DiskOperation.Delete)]
    internal void Every_operation_can_fail_once(DiskOperation operation)
    {
        using (_disk.Open("b"))
        {
        }
        using var file = _disk.Open("a");
        _disk.Fault = new DiskFault(_disk.Operations + 1, DiskTrouble.Error);
        Assert.Throws<IOException>(() => Do(operation, file));
        Assert.True(_disk.HasStruck);
        Do(operation, file);
    }

    [Fact]
    public void A_fault_can_last_until_the_disk_is_mended()
    {
        using var file = _disk.Open("a");
        _disk.Fault = new DiskFault(_disk.Operations + 2, DiskTrouble.Full, FromThenOn: true);
        file.Write([1], 0);
        Assert.Throws<IOException>(() => file.Write([1], 1));
        Assert.Throws<IOException>(file.FlushToDisk);
        Assert.Throws<IOException>(() => _disk.Open("b"));
        _disk.Fault = null;
        file.FlushToDisk();
    }

    [Fact]
    public void A_full_disk_lets_write_over_what_is_there_and_no_more()
    {
        _disk.Capacity = 100;
        using var file = _disk.Open("a");
        file.Write(new byte[60], 0);
        using var other = _disk.Open("b");
        Assert.Throws<IOException>(() => other.Write(new byte[41], 0));
        _disk.Capacity = 10;
        file.Write(new byte[60], 0);
        Assert.Throws<IOException>(() => file.Write([1], 60));
        file.SetLength(0);
        Assert.Throws<IOException>(() => file.Write(new byte[20], 0));
        Assert.Equal(0, _disk.Used);
        file.Write(new byte[10], 0);
    }

    [Fact]
    public void A_file_is_open_for_one_at_a_time_and_stays_while_it_is()
    {
        var file = _disk.Open("a");
        Assert.Throws<IOException>(() => _disk.Open("a"));
        Assert.Throws<IOException>(() => _disk.Rename("a", "b"));
        Assert.Throws<IOException>(() => _disk.Delete("a"));
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Write([1], 0));
        _disk.Open("a").Dispose();
    }

    [Fact]
    public void The_power_goes_at_the_operation_that_was_asked_for_and_stays_away()
    {
        using var file = _disk.Open("a");
        file.Write([1], 0);
        file.FlushToDisk();
        _disk.Fault = new DiskFault(_disk.Operations + 1, DiskTrouble.PowerCut);
        Assert.Throws<IOException>(() => file.Write([2], 0));
        Assert.True(_disk.IsOff);
        Assert.Throws<IOException>(() => _disk.List());
        Assert.Equal(["01", "02"], Images("a").Order());
        using var again = _disk.AfterPowerCut(new Random(1)).Open("a");
        again.FlushToDisk();
    }

    [Fact]
    public void A_killed_process_loses_nothing_it_wrote()
    {
        var file = _disk.Open("a");
        file.Write([1, 2], 0);
        var after = _disk.AfterKill();
        Assert.Equal([1, 2], after.BytesOf("a"));
        Assert.Equal([1, 2], after.AfterPowerCut(new Random(1)).BytesOf("a"));
    }

    [Fact]
    public void Rot_is_read_and_stays()
    {
        using var file = _disk.Open("a");
        file.Write([.. Enumerable.Repeat((byte)255, 10_000)], 0);
        file.FlushToDisk();
        _disk.FlipBit("a", 8 * 5 + 1);
        _disk.Zero("a", 8192, 4096);
        _disk.Truncate("a", 9000);
        var read = new byte[10_000];
        Assert.Equal(9000, file.Read(read, 0));
        Assert.Equal((253, 255, 0), (read[5], read[8191], read[8192]));
        Assert.Equal(read[..9000], _disk.AfterPowerCut(new Random(1)).BytesOf("a"));
    }

    private void Do(DiskOperation operation, IStoreFile file)
    {
        switch (operation)
        {
            case DiskOperation.List:
                Assert.NotEmpty(_disk.List());
                break;
            case DiskOperation.Open:
                _disk.Open("b").Dispose();
                break;
            case DiskOperation.Read:
                Assert.Equal(0, file.Read(new byte[1], 0));
                break;
            case DiskOperation.Write:
                file.Write([1], 0);
                break;
            case DiskOperation.SetLength:
                file.SetLength(1);
                break;
            case DiskOperation.Flush:
                file.FlushToDisk();
                break;
            case DiskOperation.Rename:
                _disk.Rename("b", "c");
                break;
            case DiskOperation.Delete:
                _disk.Delete("b");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(operation), operation, "an operation this test does not know");
        }
    }

    private HashSet<string> Images(string name)
    {
        var seen = new HashSet<string>();
        for (var seed = 0; seed < Cuts; seed++) seen.Add(Convert.ToHexStringLower(_disk.AfterPowerCut(new Random(seed)).BytesOf(name)));
        return seen;
    }
}
