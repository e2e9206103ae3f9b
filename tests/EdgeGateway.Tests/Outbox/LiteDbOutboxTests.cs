using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Tests.Outbox;

public sealed class LiteDbOutboxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));
    private readonly SealedSegments _segments = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_left_the_store_after_delivery_is_not_damaged_when_its_acknowledgement_is_taken_back()
    {
        using var folder = new TemporaryFolder();
        using var outbox = LiteDbOutbox.Open(folder.Path, new OutboxSettings(), TimeProvider.System);
        var segments = new SealedSegments();
        outbox.Append(new([segments.Next(t: 0)]));
        outbox.Acknowledge(Streams.Readings, 1);
        outbox.Append(new([segments.Next(t: 0)])); // the first is over age and leaves

        outbox.SendAgain(Streams.Readings, 1, 1);

        Assert.Equal([2], outbox.Pending(Streams.Readings, 1, long.MaxValue, 10).Select(segment => segment.Sequence));
        Assert.Empty(outbox.TakeDamage());
        Assert.Equal(0, outbox.Depth.Damaged);
    }

    [Fact]
    public void What_was_appended_is_there_after_reopening_byte_for_byte()
    {
        var appended = new List<Segment>();
        using (var outbox = Open())
        {
            for (var i = 0; i < 50; i++)
            {
                appended.Add(_segments.Next(bytes: 20_000));
                outbox.Append(new([appended[^1]]));
            }
        }
        using (var outbox = Open())
        {
            var stored = outbox.Pending(Streams.Readings, 1, long.MaxValue, 100);
            Assert.Equal(appended.Select(segment => segment.Line), stored.Select(segment => segment.Line));
            Assert.Equal(new StreamTail(50, appended[^1].Hash), outbox.Tail(Streams.Readings));
            Assert.Equal(50, outbox.Depth.Undelivered);
        }
    }

    [Fact]
    public void A_commit_is_on_disk_when_the_call_returns()
    {
        // What a kill -9 leaves behind is exactly the files as they are now: copy them from under the open store.
        using var outbox = Open();
        for (var i = 0; i < 20; i++)
        {
            var segment = _segments.Next();
            outbox.Append(new([segment]));
            using var copy = new TemporaryFolder();
            CopyWhileOpen(copy.Path);
            using var reopened = LiteDbOutbox.Open(copy.Path, new OutboxSettings(), _time);
            Assert.Equal(new StreamTail(segment.Sequence, segment.Hash), reopened.Tail(Streams.Readings));
        }
    }

    [Fact]
    public void A_second_process_is_refused_by_name()
    {
        using var outbox = Open();
        var refused = Assert.Throws<OutboxException>(Open);
        Assert.Contains("in use by another gateway process", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_refused_with_the_remedy()
    {
        var file = _folder.Sub("not-a-folder");
        File.WriteAllText(file, "");
        var refused = Assert.Throws<OutboxException>(() => LiteDbOutbox.Open(Path.Combine(file, "outbox"), new OutboxSettings(), _time));
        Assert.Contains("state folder", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Acknowledged_segments_are_not_pending_and_stay_so_after_a_restart()
    {
        using (var outbox = Open())
        {
            for (var i = 0; i < 10; i++) outbox.Append(new([_segments.Next()]));
            foreach (var sequence in new long[] { 1, 2, 5 }) outbox.Acknowledge(Streams.Readings, sequence);
        }
        using (var outbox = Open())
        {
            Assert.Equal([3, 4, 6, 7, 8, 9, 10], outbox.Pending(Streams.Readings, 1, long.MaxValue, 100).Select(segment => segment.Sequence));
            outbox.SendAgain(Streams.Readings, 2, 2);
            Assert.Equal(2, outbox.Pending(Streams.Readings, 1, long.MaxValue, 1)[0].Sequence);
        }
    }

    [Fact]
    public void Quarantined_segments_are_out_of_the_way_and_visible()
    {
        using (var outbox = Open())
        {
            for (var i = 0; i < 3; i++) outbox.Append(new([_segments.Next()]));
            outbox.Quarantine(Streams.Readings, 2);
        }
        using (var outbox = Open())
        {
            Assert.Equal([1, 3], outbox.Pending(Streams.Readings, 1, long.MaxValue, 10).Select(segment => segment.Sequence));
            Assert.Equal(1, outbox.Depth.Quarantined);
            Assert.Equal(2, outbox.Depth.Undelivered);
        }
    }

    [Fact]
    public void Appending_the_same_segment_again_does_nothing()
    {
        using var outbox = Open();
        var segment = _segments.Next();
        outbox.Append(new([segment]));
        outbox.Append(new([segment]));
        Assert.Equal(1, outbox.Depth.Undelivered);
    }

    [Fact]
    public void A_segment_that_does_not_continue_its_stream_is_refused()
    {
        using var outbox = Open();
        _segments.Next();
        var second = _segments.Next();
        Assert.Throws<InvalidOperationException>(() => outbox.Append(new([second])));
        Assert.Equal(default, outbox.Tail(Streams.Readings));
    }

    [Fact]
    public void Another_payload_under_a_taken_number_is_refused()
    {
        using var outbox = Open();
        outbox.Append(new([_segments.Next()]));
        var other = new SealedSegments().Next();
        Assert.Throws<InvalidOperationException>(() => outbox.Append(new([other])));
    }

    [Fact]
    public void A_flipped_bit_on_disk_is_never_published_and_is_reported_for_a_gap_record()
    {
        var middle = new List<Segment>();
        using (var outbox = Open())
        {
            for (var i = 0; i < 10; i++)
            {
                middle.Add(_segments.Next(bytes: 3000));
                outbox.Append(new([middle[^1]]));
            }
        }
        FlipABitInside(_folder.Sub("outbox/segments.db"), middle[4]);
        using (var outbox = Open())
        {
            var published = outbox.Pending(Streams.Readings, 1, long.MaxValue, 100);
            Assert.Equal(9, published.Count);
            Assert.DoesNotContain(published, segment => segment.Sequence == 5);
            Assert.All(published, segment => Assert.Equal(middle[(int)segment.Sequence - 1].Line, segment.Line));
            var damage = Assert.Single(outbox.TakeDamage());
            Assert.Equal((Streams.Readings, 5L, 5L), (damage.Stream, damage.Low, damage.High));
            Assert.Equal(1, outbox.Depth.Damaged);
            Assert.Empty(outbox.TakeDamage());
        }
    }

    [Fact]
    public void Delivered_segments_leave_by_age_and_the_sequence_goes_on()
    {
        Segment last;
        using (var outbox = Open())
        {
            for (var i = 0; i < 5; i++)
            {
                outbox.Append(new([_segments.Next()]));
                outbox.Acknowledge(Streams.Readings, i + 1);
            }
            _time.Advance(TimeSpan.FromDays(31));
            last = _segments.Next(t: _time.GetUtcNow().ToUnixTimeMilliseconds());
            outbox.Append(new([last]));
            Assert.Equal(1, outbox.Depth.Undelivered);
        }
        using (var outbox = Open())
        {
            Assert.Equal([6], outbox.Pending(Streams.Readings, 1, long.MaxValue, 10).Select(segment => segment.Sequence));
            outbox.Append(new([_segments.Next(t: last.T1)]));
            Assert.Equal(7, outbox.Tail(Streams.Readings).Sequence);
        }
    }

    [Fact]
    public void A_full_store_drops_delivered_segments_first_and_says_nothing()
    {
        using var outbox = Open(maxBytes: 1 << 20);
        for (var i = 0; i < 60; i++)
        {
            var segment = _segments.Next(bytes: 30_000, t: _time.GetUtcNow().ToUnixTimeMilliseconds());
            Assert.Empty(outbox.Evicts(segment.Line.Length));
            outbox.Append(new([segment]));
            outbox.Acknowledge(Streams.Readings, segment.Sequence);
        }
        Assert.InRange(outbox.Depth.Bytes, 1, (1 << 20) + 70_000);
    }

    [Fact]
    public void A_full_store_of_undelivered_segments_drops_the_oldest_readings_with_a_gap_record_in_the_same_commit()
    {
        var evicted = new List<Eviction>();
        var hashes = new Dictionary<long, ChainHash>();
        using (var outbox = Open(maxBytes: 1 << 20))
        {
            outbox.Append(new([_segments.Next(Streams.Events)]));
            for (var i = 0; i < 80; i++)
            {
                var eviction = outbox.Evicts(31_000).SingleOrDefault();
                var batch = new List<Segment>();
                if (eviction is not null)
                {
                    evicted.Add(eviction);
                    batch.Add(_segments.Gap(eviction));
                }
                batch.Add(_segments.Next(bytes: 30_000, t: _time.GetUtcNow().ToUnixTimeMilliseconds()));
                foreach (var segment in batch) hashes[segment.Sequence] = segment.Hash;
                outbox.Append(new(batch) { Evictions = eviction is null ? [] : [eviction] });
            }
            Assert.InRange(outbox.Depth.Bytes, 1, (1 << 20) + 70_000);
        }
        Assert.NotEmpty(evicted);
        Assert.All(evicted, eviction => Assert.Equal(Streams.Readings, eviction.Stream));
        Assert.All(evicted, eviction => Assert.Equal(hashes[eviction.High], eviction.Hash));
        Assert.Equal(1, evicted[0].Low);
        Assert.All(evicted.Zip(evicted.Skip(1)), pair => Assert.Equal(pair.First.High + 1, pair.Second.Low));
        using (var outbox = Open(maxBytes: 1 << 20))
            Assert.Equal(evicted[^1].High + 1, outbox.Pending(Streams.Readings, 1, long.MaxValue, 1)[0].Sequence);
    }

    [Fact]
    public void A_store_made_anew_beside_an_old_epoch_begins_a_higher_one()
    {
        using (var outbox = Open())
        {
            Assert.Equal(1, outbox.Epoch);
            Assert.Null(outbox.Previous.EpochBefore);
        }
        File.Delete(_folder.Sub("outbox/segments.db"));
        File.Delete(_folder.Sub("outbox/segments-log.db"));
        using (var outbox = Open())
        {
            Assert.Equal(2, outbox.Epoch);
            Assert.Equal(1, outbox.Previous.EpochBefore);
        }
    }

    [Fact]
    public void The_boot_before_is_remembered_with_the_way_it_ended()
    {
        using (var outbox = Open()) outbox.Append(new([_segments.Next()]) { Boot = new BootMark("aaaa", Stopped: false, 1_600_000_000_000, "cf1") });
        using (var outbox = Open())
        {
            Assert.Equal(new PreviousBoot("aaaa", false, 1_700_000_000_000, "cf1", null), outbox.Previous);
            outbox.Append(new([]) { Boot = new BootMark("bbbb", Stopped: true, 1_800_000_000_000, "cf2") });
        }
        using (var outbox = Open()) Assert.Equal(new PreviousBoot("bbbb", true, 1_800_000_000_000, "cf2", null), outbox.Previous);
    }

    [Fact]
    public void A_file_that_is_no_store_is_refused_and_left_as_it_is()
    {
        Directory.CreateDirectory(_folder.Sub("outbox"));
        var garbage = new byte[100_000];
        new Random(7).NextBytes(garbage);
        File.WriteAllBytes(_folder.Sub("outbox/segments.db"), garbage);
        var refused = Assert.Throws<OutboxException>(Open);
        Assert.Contains("damaged", refused.Message, StringComparison.Ordinal);
        Assert.Equal(garbage, File.ReadAllBytes(_folder.Sub("outbox/segments.db")));
    }

    [Fact]
    public void The_page_format_the_barrier_rests_on_is_the_librarys()
    {
        var page = typeof(LiteDB.LiteDatabase).Assembly.GetType("LiteDB.Engine.BasePage", throwOnError: true)!;
        var header = typeof(LiteDB.LiteDatabase).Assembly.GetType("LiteDB.Engine.HeaderPage", throwOnError: true)!;
        var constants = System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static;
        Assert.Equal(LiteDbPage.ConfirmedOffset, page.GetField("P_IS_CONFIRMED", constants)!.GetRawConstantValue());
        Assert.Equal(System.Text.Encoding.ASCII.GetString(LiteDbPage.Magic), header.GetField("HEADER_INFO", constants)!.GetRawConstantValue());
        Assert.Equal(LiteDbPage.MagicOffset, header.GetField("P_HEADER_INFO", constants)!.GetRawConstantValue());
        var sizes = typeof(LiteDB.LiteDatabase).Assembly.GetType("LiteDB.Constants", throwOnError: true)!;
        Assert.Equal(LiteDbPage.Size, sizes.GetField("PAGE_SIZE", constants)!.GetRawConstantValue());
    }

    [Fact]
    public void Whatever_leaves_during_a_long_outage_is_named_by_the_gaps_that_are_left()
    {
        using var outbox = Open(maxBytes: 1 << 20);
        for (var i = 0; i < 400; i++)
        {
            // Some was delivered before and between: only what was not may be excused.
            if (i == 20) for (var sequence = 1; sequence <= 10; sequence++) outbox.Acknowledge(Streams.Readings, sequence);
            if (i == 60) outbox.Acknowledge(Streams.Readings, outbox.Tail(Streams.Readings).Sequence);
            AppendWithRoom(outbox, bytes: 30_000);
            Assert.InRange(outbox.Depth.Bytes, 1, (1 << 20) + 70_000);
        }
        var verdict = Judged(outbox, first: 11);
        Assert.DoesNotContain(verdict.Faults, fault => fault.Sequence > 10); // the first ten arrived, but not in this test
        Assert.All(verdict.Faults, fault => Assert.Equal(FaultCode.Missing, fault.Code));
    }

    [Fact]
    public void A_gap_record_for_damage_names_the_hash_that_was_sealed_even_where_the_one_beside_it_is_lost()
    {
        using (var outbox = Open())
            for (var i = 0; i < 10; i++) outbox.Append(new([_segments.Next(bytes: 3000, t: Now)]));
        ChangeStored(4, document => document["h"] = new byte[ChainHash.Size]);
        ChangeStored(5, null);
        ChangeStored(10, document => document["h"] = new byte[ChainHash.Size]);
        using (var outbox = Open())
        {
            var arrived = outbox.Pending(Streams.Readings, 1, long.MaxValue, 100);
            Assert.Equal([1, 2, 3, 6, 7, 8, 9], arrived.Select(segment => segment.Sequence));
            var damage = outbox.TakeDamage();
            Assert.Equal([(4L, 5L), (10L, 10L)], damage.Select(lost => (lost.Low, lost.High)));
            outbox.Append(new([.. damage.Select(lost => _segments.Gap(lost, "damaged"))]));
            var later = outbox.Pending(Streams.Readings, 1, long.MaxValue, 100).Skip(7);
            Assert.Empty(SealedSegments.Judge(arrived.Concat(later)).Faults);
        }
    }

    [Fact]
    public void Damage_that_no_gap_record_names_yet_is_found_again_after_a_restart()
    {
        using (var outbox = Open())
            for (var i = 0; i < 3; i++) outbox.Append(new([_segments.Next(t: Now)]));
        ChangeStored(2, null);
        using (var outbox = Open())
        {
            Assert.Equal(2, outbox.Pending(Streams.Readings, 1, long.MaxValue, 10).Count);
            outbox.Append(new([_segments.Next(t: Now)])); // a commit in between, without the record
        }
        using (var outbox = Open())
        {
            Assert.Equal(3, outbox.Pending(Streams.Readings, 1, long.MaxValue, 10).Count);
            Assert.Equal(2, Assert.Single(outbox.TakeDamage()).Low);
        }
    }

    [Fact]
    public void Segments_refused_for_good_hold_up_neither_retention_nor_the_cursor()
    {
        using (var outbox = Open())
        {
            for (var i = 1; i <= 600; i++)
            {
                outbox.Append(new([_segments.Next(t: Now)]));
                if (i % 2 == 1) outbox.Quarantine(Streams.Readings, i);
                else outbox.Acknowledge(Streams.Readings, i);
            }
        }
        using (var outbox = Open())
        {
            Assert.Equal((0L, 300), (outbox.Depth.Undelivered, outbox.Depth.Quarantined));
            _time.Advance(TimeSpan.FromDays(31));
            for (var i = 0; i < 400; i++) AppendWithRoom(outbox, bytes: 10);
            Assert.Equal(0, outbox.Depth.Quarantined);
            var left = SealedSegments.Judge(outbox.Pending(Streams.Readings, 1, long.MaxValue, 5_000));
            // What was delivered is not here; everything refused is named.
            Assert.Equal(Enumerable.Range(1, 300).Select(i => 2L * i), left.Faults.Select(fault => fault.Sequence));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("one")]
    [InlineData("-1")]
    public void A_new_store_beside_an_unreadable_epoch_does_not_begin_at_one_again(string epoch)
    {
        Directory.CreateDirectory(_folder.Sub("outbox"));
        File.WriteAllText(_folder.Sub("outbox/epoch"), epoch);
        Assert.Contains("epoch", Assert.Throws<OutboxException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_epoch_file_is_written_again()
    {
        Open().Dispose();
        File.Delete(_folder.Sub("outbox/epoch"));
        Open().Dispose();
        File.Delete(_folder.Sub("outbox/segments.db"));
        File.Delete(_folder.Sub("outbox/segments-log.db"));
        using var outbox = Open();
        Assert.Equal(2, outbox.Epoch);
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>As the recorder does it.</summary>
    private void AppendWithRoom(LiteDbOutbox outbox, int bytes)
    {
        List<Segment> batch = [_segments.Next(bytes: bytes, t: Now)];
        var eviction = outbox.Evicts(batch[0].Line.Length).SingleOrDefault();
        if (eviction is not null) batch.Add(_segments.Gap(eviction));
        outbox.Append(new(batch) { Evictions = eviction is null ? [] : [eviction] });
    }

    private static Verdict Judged(LiteDbOutbox outbox, long first) => SealedSegments.Judge(outbox.Pending(Streams.Readings, first, long.MaxValue, 10_000));

    /// <summary>What the disk may do to a document: change it, or lose it.</summary>
    private void ChangeStored(long sequence, Action<LiteDB.BsonDocument>? change)
    {
        using var files = new DurableFiles(_folder.Sub("outbox/segments.db"), _folder.Sub("outbox/segments-log.db"));
        using var store = new LiteDB.LiteDatabase(files.Data, null, files.Log);
        var collection = store.GetCollection(Streams.Readings);
        if (change is null)
        {
            Assert.True(collection.Delete(sequence));
            return;
        }
        var document = collection.FindById(sequence);
        change(document);
        Assert.True(collection.Update(document));
    }

    private LiteDbOutbox Open() => Open(2L << 30);

    private LiteDbOutbox Open(long maxBytes) => LiteDbOutbox.Open(_folder.Sub("outbox"), new OutboxSettings { MaxBytes = maxBytes }, _time);

    private void CopyWhileOpen(string to)
    {
        foreach (var name in new[] { "segments.db", "segments-log.db", "epoch" })
        {
            // The store holds its files exclusively; the bytes on disk are read past that lock, as a crash would leave them.
            using var cat = System.Diagnostics.Process.Start("cp", [_folder.Sub($"outbox/{name}"), to]);
            cat.WaitForExit();
            Assert.Equal(0, cat.ExitCode);
        }
    }

    private static void FlipABitInside(string file, Segment segment)
    {
        var bytes = File.ReadAllBytes(file);
        using var compression = new LineCompression();
        var packed = compression.Pack(segment.Line).AsSpan(200, 40);
        var at = bytes.AsSpan().IndexOf(packed);
        Assert.True(at >= 0, "the packed segment was not found in the file");
        bytes[at + 20] ^= 0x10;
        File.WriteAllBytes(file, bytes);
    }
}
