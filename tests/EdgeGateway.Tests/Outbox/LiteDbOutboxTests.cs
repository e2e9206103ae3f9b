using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Outbox;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Tests.Outbox;

public sealed class LiteDbOutboxTests : IDisposable
{
    private const long Small = 4 << 20; // journal files of 512 KiB, segment files of 256 KiB

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));
    private readonly SealedSegments _segments = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_left_the_store_after_delivery_is_not_damaged_when_it_is_asked_for_again()
    {
        using var outbox = Open(Small);
        Deliver(outbox, 300);
        Assert.True(outbox.Stored(Streams.Readings, 1, long.MaxValue, 1)[0].Sequence > 1, "nothing has left");

        Assert.Equal(0, outbox.SendAgain(Streams.Readings, 1, 1));
        var kept = outbox.SendAgain(Streams.Readings, 1, 300);

        Assert.InRange(kept, 1, 299);
        Assert.Equal(kept, outbox.Depth.Undelivered);
        Assert.Equal(kept, outbox.Pending(Streams.Readings, 1, long.MaxValue, 1000).Count);
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

    [Theory]
    [InlineData(10)] // the journal still has all of them
    [InlineData(400)] // the fifth has long moved on into a segment file
    public void A_flipped_bit_on_disk_is_never_published_and_is_reported_for_a_gap_record(int count)
    {
        var appended = new List<Segment>();
        using (var outbox = Open(Small))
        {
            for (var i = 0; i < count; i++)
            {
                appended.Add(_segments.Next(bytes: 5000));
                outbox.Append(new([appended[^1]]));
            }
        }
        FlipABitOf(appended[4]);
        using (var outbox = Open(Small))
        {
            var published = outbox.Pending(Streams.Readings, 1, long.MaxValue, 1000);
            Assert.Equal(count - 1, published.Count);
            Assert.DoesNotContain(published, segment => segment.Sequence == 5);
            Assert.All(published, segment => Assert.Equal(appended[(int)segment.Sequence - 1].Line, segment.Line));
            var damage = Assert.Single(outbox.TakeDamage());
            Assert.Equal((Streams.Readings, 5L, 5L, appended[4].Hash), (damage.Stream, damage.Low, damage.High, damage.Hash));
            Assert.Equal(1, outbox.Depth.Damaged);
            Assert.Empty(outbox.TakeDamage());
        }
    }

    [Fact]
    public void Delivered_segments_leave_by_age_and_the_sequence_goes_on()
    {
        using (var outbox = Open(Small))
        {
            Deliver(outbox, 60);
            _time.Advance(TimeSpan.FromDays(3)); // a sixteenth of the retention: the file is full by age
            Deliver(outbox, 60);
            var kept = outbox.Stored(Streams.Readings, 1, long.MaxValue, 1)[0].Sequence;
            Assert.Equal(1, kept);
            _time.Advance(TimeSpan.FromDays(31));
            Deliver(outbox, 1);
            Assert.True(outbox.Stored(Streams.Readings, 1, long.MaxValue, 1)[0].Sequence > 1, "nothing has left");
        }
        using (var outbox = Open(Small))
        {
            Deliver(outbox, 1);
            Assert.Equal(122, outbox.Tail(Streams.Readings).Sequence);
        }
    }

    [Fact]
    public void A_wall_clock_that_jumps_makes_nothing_old()
    {
        var time = new SteppedClock(_time);
        using var outbox = LiteDbOutbox.Open(_folder.Sub("outbox"), new OutboxSettings { MaxBytes = Small }, time);
        Deliver(outbox, 60);
        _time.Advance(TimeSpan.FromDays(3));
        Deliver(outbox, 60);
        time.Step(TimeSpan.FromDays(4000));
        Deliver(outbox, 1);
        Assert.Equal(1, outbox.Stored(Streams.Readings, 1, long.MaxValue, 1)[0].Sequence);
    }

    [Fact]
    public void A_full_store_drops_delivered_segments_first_and_says_nothing()
    {
        using var outbox = Open(Small);
        for (var i = 0; i < 300; i++)
        {
            var segment = _segments.Next(bytes: 30_000, t: Now);
            Assert.Empty(outbox.Evicts(segment.Line.Length));
            outbox.Append(new([segment]));
            outbox.Acknowledge(Streams.Readings, segment.Sequence);
        }
        AssertSize(outbox);
    }

    [Fact]
    public void Where_receipts_release_what_was_only_acknowledged_leaves_a_full_store_with_a_name_and_what_was_receipted_without()
    {
        var settings = new OutboxSettings { MaxBytes = Small, NeedsReceipts = true };
        var evicted = new List<Eviction>();
        using (var outbox = LiteDbOutbox.Open(_folder.Sub("outbox"), settings, _time))
        {
            for (var i = 1; i <= 400; i++)
            {
                var segments = new List<Segment> { _segments.Next(bytes: 30_000, t: Now) };
                var leaving = outbox.Evicts(segments[0].Line.Length);
                segments.AddRange(leaving.Select(eviction => _segments.Gap(eviction)));
                evicted.AddRange(leaving);
                outbox.Append(new(segments) { Evictions = leaving });
                foreach (var segment in segments) outbox.Acknowledge(segment.Stream, segment.Sequence);
                if (segments[0].Sequence == 10) outbox.Receipt(Streams.Readings, new StreamReceipt(10, "line"u8.ToArray()));
            }
            AssertSize(outbox);
        }
        Assert.NotEmpty(evicted);
        Assert.Equal(11, evicted[0].Low); // 1 to 10 are the platform's by its own word
        using (var outbox = LiteDbOutbox.Open(_folder.Sub("outbox"), settings, _time))
        {
            Assert.Equal(10, outbox.Receipted(Streams.Readings)!.High);
            Assert.Equal("line"u8.ToArray(), outbox.Receipted(Streams.Readings)!.Line);
        }
    }

    [Fact]
    public void After_a_wrong_receipt_nothing_leaves_without_a_name_whatever_was_acknowledged()
    {
        using var outbox = Open(Small);
        var evicted = 0;
        outbox.HoldBack(Streams.Readings);
        for (var i = 0; i < 300; i++)
        {
            var segments = new List<Segment> { _segments.Next(bytes: 30_000, t: Now) };
            var leaving = outbox.Evicts(segments[0].Line.Length);
            segments.AddRange(leaving.Select(eviction => _segments.Gap(eviction)));
            outbox.Append(new(segments) { Evictions = leaving });
            foreach (var segment in segments) outbox.Acknowledge(segment.Stream, segment.Sequence);
            evicted += leaving.Count;
        }
        Assert.True(evicted > 0, "nothing was named");
        AssertSize(outbox);
    }

    [Fact]
    public void A_full_store_of_undelivered_segments_drops_the_oldest_readings_with_a_gap_record_in_the_same_commit()
    {
        var evicted = new List<Eviction>();
        var hashes = new Dictionary<long, ChainHash>();
        using (var outbox = Open(Small))
        {
            outbox.Append(new([_segments.Next(Streams.Events)]));
            for (var i = 0; i < 300; i++)
            {
                var evictions = outbox.Evicts(31_000);
                List<Segment> batch = [.. evictions.Select(eviction => _segments.Gap(eviction)), _segments.Next(bytes: 30_000, t: Now)];
                evicted.AddRange(evictions);
                foreach (var segment in batch) hashes[segment.Sequence] = segment.Hash;
                outbox.Append(new(batch) { Evictions = evictions });
            }
            AssertSize(outbox);
        }
        Assert.NotEmpty(evicted);
        Assert.All(evicted, eviction => Assert.Equal(Streams.Readings, eviction.Stream));
        Assert.All(evicted, eviction => Assert.Equal(hashes[eviction.High], eviction.Hash));
        Assert.Equal(1, evicted[0].Low);
        Assert.All(evicted.Zip(evicted.Skip(1)), pair => Assert.InRange(pair.Second.Low, 1, pair.First.High + 1)); // a gap record that leaves takes its range along
        using (var outbox = Open(Small))
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
        DeleteAllBut("epoch");
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
    public void A_store_of_an_older_program_is_refused_and_left_as_it_is()
    {
        Directory.CreateDirectory(_folder.Sub("outbox"));
        File.WriteAllBytes(_folder.Sub("outbox/segments.db"), [1, 2, 3]);
        var refused = Assert.Throws<OutboxException>(Open);
        Assert.Contains("older program", refused.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(_folder.Sub("outbox/segments.db")));
    }

    [Fact]
    public void A_segment_file_that_cannot_be_opened_is_set_aside_and_costs_its_own_span_only()
    {
        var appended = new List<Segment>();
        using (var outbox = Open(Small))
        {
            for (var i = 0; i < 200; i++)
            {
                appended.Add(_segments.Next(bytes: 10_000, t: Now));
                outbox.Append(new([appended[^1]]));
            }
        }
        var files = Directory.GetFiles(_folder.Sub("outbox"), "readings-*.db").Where(file => !file.EndsWith("-log.db", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        Assert.True(files.Count > 2, $"{files.Count} files: the test is about more than one");
        var garbage = new byte[100_000];
        new Random(7).NextBytes(garbage);
        File.WriteAllBytes(files[1], garbage);
        using (var outbox = Open(Small))
        {
            var published = outbox.Pending(Streams.Readings, 1, long.MaxValue, 1000);
            var damage = Assert.Single(outbox.TakeDamage());
            Assert.Equal(200 - (damage.High - damage.Low + 1), published.Count);
            Assert.Equal(appended[(int)damage.High - 1].Hash, damage.Hash);
            Assert.Contains(Path.GetFileName(files[1]), Assert.Single(outbox.TakeNews()), StringComparison.Ordinal);
            Assert.Equal(garbage, File.ReadAllBytes(_folder.Sub($"outbox/damaged-{Path.GetFileName(files[1])}")));
            outbox.Append(new([_segments.Gap(damage, "damaged")]) { Evictions = [damage] });
            Assert.Empty(SealedSegments.Judge(published.Concat(outbox.Pending(Streams.Readings, 201, long.MaxValue, 10))).Faults);
        }
    }

    [Theory]
    [InlineData("journal-a", "deleted")]
    [InlineData("journal-a", "cut")]
    [InlineData("journal-b", "deleted")]
    [InlineData("journal-b", "cut")]
    public void A_store_whose_newest_journal_is_lost_is_kept_and_a_new_epoch_begins(string name, string harm)
    {
        // Two laps are over 1 MiB: with 20 segments the first file is the newer one, with 70 the second.
        using (var outbox = Open(Small))
            for (var i = 0; i < (name == "journal-a" ? 10 : 30); i++) outbox.Append(new([_segments.Next(bytes: 30_000, t: Now)]));
        var file = _folder.Sub($"outbox/{name}");
        if (harm == "deleted") File.Delete(file);
        else File.WriteAllBytes(file, File.ReadAllBytes(file)[..100_000]);
        using (var outbox = Open(Small))
        {
            Assert.Equal((2L, 1L), (outbox.Epoch, outbox.Previous.EpochBefore));
            Assert.Equal(default, outbox.Tail(Streams.Readings));
            if (harm == "cut" || name == "journal-b")
            {
                Assert.Contains("new epoch", Assert.Single(outbox.TakeNews()), StringComparison.Ordinal);
                Assert.True(File.Exists(_folder.Sub("outbox/lost-epoch-1-journal-a")));
            }
        }
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
        using var outbox = Open(Small);
        for (var i = 0; i < 700; i++)
        {
            // Some was delivered before and between: only what was not may be excused.
            if (i == 20) for (var sequence = 1; sequence <= 10; sequence++) outbox.Acknowledge(Streams.Readings, sequence);
            if (i == 60) outbox.Acknowledge(Streams.Readings, outbox.Tail(Streams.Readings).Sequence);
            AppendWithRoom(outbox, bytes: 30_000);
            AssertSize(outbox);
        }
        var verdict = Judged(outbox, first: 11);
        Assert.DoesNotContain(verdict.Faults, fault => fault.Sequence is > 10 and not 60); // they arrived, but not in this test
        Assert.All(verdict.Faults, fault => Assert.Equal(FaultCode.Missing, fault.Code));
    }

    [Fact]
    public void A_gap_record_for_damage_names_the_hash_that_was_sealed_even_where_the_one_beside_it_is_lost()
    {
        using (var outbox = Open(Small))
            for (var i = 0; i < 60; i++) outbox.Append(new([_segments.Next(bytes: 30_000, t: Now)]));
        ChangeStored(4, document => document["h"] = new byte[ChainHash.Size]);
        ChangeStored(5, null);
        using (var outbox = Open(Small))
        {
            var arrived = outbox.Pending(Streams.Readings, 1, long.MaxValue, 100);
            Assert.Equal(Enumerable.Range(1, 60).Select(i => (long)i).Except([4, 5]), arrived.Select(segment => segment.Sequence));
            var damage = outbox.TakeDamage();
            Assert.Equal([(4L, 5L)], damage.Select(lost => (lost.Low, lost.High)));
            outbox.Append(new([.. damage.Select(lost => _segments.Gap(lost, "damaged"))]) { Evictions = damage });
            var later = outbox.Pending(Streams.Readings, 61, long.MaxValue, 100);
            Assert.Empty(SealedSegments.Judge(arrived.Concat(later)).Faults);
        }
    }

    [Fact]
    public void The_newest_segment_is_named_by_its_hash_even_if_it_is_the_one_that_is_damaged()
    {
        var appended = new List<Segment>();
        using (var outbox = Open())
        {
            for (var i = 0; i < 5; i++)
            {
                appended.Add(_segments.Next(bytes: 5000, t: Now));
                outbox.Append(new([appended[^1]]));
            }
        }
        FlipABitOf(appended[^1]);
        using (var outbox = Open())
        {
            Assert.Equal(new StreamTail(5, appended[^1].Hash), outbox.Tail(Streams.Readings)); // its number is not given away twice
            Assert.Equal(4, outbox.Pending(Streams.Readings, 1, long.MaxValue, 10).Count);
            Assert.Equal((5L, 5L, appended[^1].Hash), Assert.Single(outbox.TakeDamage()) is var lost ? (lost.Low, lost.High, lost.Hash) : default);
        }
    }

    [Fact]
    public void Damage_that_no_gap_record_names_yet_is_found_again_after_a_restart()
    {
        var appended = new List<Segment>();
        using (var outbox = Open())
        {
            for (var i = 0; i < 3; i++)
            {
                appended.Add(_segments.Next(bytes: 5000, t: Now));
                outbox.Append(new([appended[^1]]));
            }
        }
        FlipABitOf(appended[1]);
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
    public void Of_too_many_refused_segments_the_oldest_are_named_and_no_delivered_one_with_them()
    {
        using var outbox = Open();
        for (var i = 1; i <= 2_100; i++)
        {
            outbox.Append(new([_segments.Next(bytes: 100, t: Now)]));
            if (i % 2 == 1) outbox.Quarantine(Streams.Readings, i);
            else outbox.Acknowledge(Streams.Readings, i);
        }
        Assert.Equal(1_050, outbox.Depth.Quarantined);

        var evictions = outbox.Evicts(100);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)(2 * i + 1)), evictions.Select(eviction => eviction.FirstLost));
        Assert.All(evictions, eviction => Assert.Equal((eviction.FirstLost, eviction.FirstLost), (eviction.Low, eviction.High)));
        outbox.Append(new([.. evictions.Select(eviction => _segments.Gap(eviction))]) { Evictions = evictions });

        Assert.Equal(1_000, outbox.Depth.Quarantined);
        Assert.Empty(outbox.Evicts(100));
    }

    [Fact]
    public void Segments_refused_for_good_hold_up_neither_retention_nor_the_cursor()
    {
        using (var outbox = Open(Small))
        {
            for (var i = 1; i <= 600; i++)
            {
                outbox.Append(new([_segments.Next(bytes: 3000, t: Now)]));
                if (i % 2 == 1) outbox.Quarantine(Streams.Readings, i);
                else outbox.Acknowledge(Streams.Readings, i);
            }
        }
        using (var outbox = Open(Small))
        {
            Assert.Equal((0L, 300), (outbox.Depth.Undelivered, outbox.Depth.Quarantined));
            Assert.Equal(600, outbox.SendAgain(Streams.Readings, 1, 600));
            Assert.Equal((600L, 0), (outbox.Depth.Undelivered, outbox.Depth.Quarantined)); // asked for again: perhaps the broker takes them now
            for (var i = 1; i <= 600; i++)
            {
                if (i % 2 == 1) outbox.Quarantine(Streams.Readings, i);
                else outbox.Acknowledge(Streams.Readings, i);
            }
            _time.Advance(TimeSpan.FromDays(3));
            for (var i = 0; i < 200; i++) AppendWithRoom(outbox, bytes: 6000);
            for (var month = 0; month < 2; month++)
            {
                _time.Advance(TimeSpan.FromDays(31));
                for (var i = 0; i < 200; i++) AppendWithRoom(outbox, bytes: 6000);
            }
            Assert.Equal(0, outbox.Depth.Quarantined);
            var left = SealedSegments.Judge(outbox.Pending(Streams.Readings, 1, long.MaxValue, 5_000));
            // What was delivered is not here; everything refused is named.
            Assert.All(left.Faults, fault => Assert.Equal((FaultCode.Missing, 0L), (fault.Code, fault.Sequence % 2)));
        }
    }

    [Fact]
    public void Several_segments_in_a_bad_place_of_the_disk_are_named_and_the_rest_is_handed_out()
    {
        using (var outbox = Open(Small))
            for (var i = 0; i < 60; i++) outbox.Append(new([_segments.Next(bytes: 30_000, t: Now)]));
        var folder = new ScriptedFolder(_folder.Sub("outbox"));
        using (var outbox = LiteDbOutbox.Open(folder, new OutboxSettings { MaxBytes = Small }, _time))
        {
            // The pages of the fourth to the sixth segment or so, of some eleven in the file.
            folder.RefusesRead = (name, at) => name.StartsWith("readings-000000000001-", StringComparison.Ordinal) && at is > 100_000 and < 160_000;
            IReadOnlyList<Segment> arrived = [];
            for (var attempt = 0; arrived.Count == 0 && attempt < 30; attempt++)
            {
                try
                {
                    arrived = outbox.Pending(Streams.Readings, 1, long.MaxValue, 100);
                }
                catch (IOException)
                {
                    // As the uplink does: again, until the place is given up.
                }
            }
            var damage = Assert.Single(outbox.TakeDamage());
            Assert.True(damage.High > damage.Low, "one segment alone: the test is about several");
            Assert.Equal(60 - (damage.High - damage.Low + 1), arrived.Count);
            outbox.Append(new([_segments.Gap(damage, "damaged")]) { Evictions = [damage] });
            Assert.Empty(SealedSegments.Judge(arrived.Concat(outbox.Pending(Streams.Readings, 61, long.MaxValue, 10))).Faults);
        }
    }

    [Fact]
    public void On_a_disk_that_is_smaller_than_the_store_may_be_what_has_been_delivered_makes_room()
    {
        var folder = new ScriptedFolder(Directory.CreateDirectory(_folder.Sub("outbox")).FullName);
        folder.RefusesWrite = name => name.StartsWith("readings-", StringComparison.Ordinal)
            && folder.List().Where(file => file.StartsWith("readings-", StringComparison.Ordinal)).Sum(file => new FileInfo(Path.Combine(folder.Path, file)).Length) > 700_000;
        using var outbox = LiteDbOutbox.Open(folder, new OutboxSettings { MaxBytes = Small }, _time);
        Deliver(outbox, 200);
        Assert.Equal(200, outbox.Tail(Streams.Readings).Sequence);
        Assert.Empty(outbox.TakeDamage());
        Assert.True(outbox.Stored(Streams.Readings, 1, long.MaxValue, 1)[0].Sequence > 1, "nothing has left");
    }

    [Fact]
    public void A_lost_gap_record_takes_with_it_what_it_named_but_not_what_waits_in_between()
    {
        using (var outbox = Open(Small))
        {
            for (var i = 0; i < 3; i++) outbox.Append(new([_segments.Next(bytes: 30_000, t: Now)]));
            var dropped = new Eviction(Streams.Readings, 1, 1, outbox.Stored(Streams.Readings, 1, 1, 1)[0].Hash);
            outbox.Append(new([_segments.Gap(dropped)]) { Evictions = [dropped] });
            for (var i = 0; i < 60; i++) outbox.Append(new([_segments.Next(bytes: 30_000, t: Now)]));
        }
        ChangeStored(4, null);
        using (var outbox = Open(Small))
        {
            Assert.Equal(62, outbox.Pending(Streams.Readings, 1, long.MaxValue, 100).Count);
            var damage = Assert.Single(outbox.TakeDamage());
            Assert.Equal((1L, 4L, 4L), (damage.Low, damage.FirstLost, damage.High));
            outbox.Append(new([_segments.Gap(damage, "damaged")]) { Evictions = [damage] });
            var arrived = outbox.Pending(Streams.Readings, 1, long.MaxValue, 100);
            Assert.Equal([2, 3, 5], arrived.Take(3).Select(segment => segment.Sequence));
            Assert.Empty(SealedSegments.Judge(arrived).Faults);
        }
    }

    [Fact]
    public void A_command_is_remembered_and_its_counter_never_falls()
    {
        using (var outbox = Open())
        {
            outbox.Append(new([]) { Command = 7 });
            outbox.Append(new([_segments.Next()]));
        }
        using (var outbox = Open()) Assert.Equal(7, outbox.Command);
    }

    [Fact]
    public void A_commit_too_large_for_one_entry_of_the_journal_is_stored_all_the_same()
    {
        var batch = Enumerable.Range(0, 40).Select(_ => _segments.Next(bytes: 30_000, t: Now)).ToList();
        using (var outbox = Open(Small)) outbox.Append(new(batch) { Boot = new BootMark("aaaa", Stopped: true, 1, "cf") });
        using (var outbox = Open(Small))
        {
            Assert.Equal(batch.Select(segment => segment.Line), outbox.Pending(Streams.Readings, 1, long.MaxValue, 100).Select(segment => segment.Line));
            Assert.Equal("aaaa", outbox.Previous.Boot);
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
        DeleteAllBut("epoch");
        using var outbox = Open();
        Assert.Equal(2, outbox.Epoch);
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>As the recorder does it.</summary>
    private void AppendWithRoom(LiteDbOutbox outbox, int bytes)
    {
        List<Segment> batch = [_segments.Next(bytes: bytes, t: Now)];
        var evictions = outbox.Evicts(batch[0].Line.Length);
        batch.AddRange(evictions.Select(eviction => _segments.Gap(eviction)));
        outbox.Append(new(batch) { Evictions = evictions });
    }

    private void Deliver(LiteDbOutbox outbox, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var segment = _segments.Next(bytes: 30_000, t: Now);
            outbox.Append(new([segment]));
            outbox.Acknowledge(Streams.Readings, segment.Sequence);
        }
    }

    /// <summary>What the configuration promises, and one file that is being filled.</summary>
    private static void AssertSize(LiteDbOutbox outbox) => Assert.InRange(outbox.Depth.Bytes, 1, Small + Small / 8);

    private void DeleteAllBut(string name)
    {
        foreach (var file in Directory.GetFiles(_folder.Sub("outbox")))
            if (Path.GetFileName(file) != name) File.Delete(file);
    }

    private static Verdict Judged(LiteDbOutbox outbox, long first) => SealedSegments.Judge(outbox.Pending(Streams.Readings, first, long.MaxValue, 10_000));

    /// <summary>What the disk may do to a document: change it, or lose it.</summary>
    private void ChangeStored(long sequence, Action<LiteDB.BsonDocument>? change)
    {
        using var store = new LiteDB.LiteDatabase(Assert.Single(Directory.GetFiles(_folder.Sub("outbox"), "readings-000000000001*.db"), file => !file.EndsWith("-log.db", StringComparison.Ordinal)));
        var collection = store.GetCollection("segments");
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
        foreach (var file in Directory.GetFiles(_folder.Sub("outbox")))
        {
            // The store holds its files exclusively; the bytes on disk are read past that lock, as a crash would leave them.
            using var cat = System.Diagnostics.Process.Start("cp", [file, to]);
            cat.WaitForExit();
            Assert.Equal(0, cat.ExitCode);
        }
    }

    /// <summary>Wherever it is on disk.</summary>
    private void FlipABitOf(Segment segment)
    {
        using var compression = new LineCompression();
        var packed = compression.Pack(segment.Line).AsSpan(200, 40);
        var found = 0;
        foreach (var file in Directory.GetFiles(_folder.Sub("outbox")))
        {
            var bytes = File.ReadAllBytes(file);
            var at = bytes.AsSpan().IndexOf(packed);
            if (at < 0) continue;
            found++;
            bytes[at + 20] ^= 0x10;
            File.WriteAllBytes(file, bytes);
        }
        Assert.True(found > 0, "the packed segment was not found in any file");
    }

    /// <summary>A clock whose hands can be moved while time goes on.</summary>
    private sealed class SteppedClock(TimeProvider time) : TimeProvider
    {
        private TimeSpan _by;

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + _by;

        public override long GetTimestamp() => time.GetTimestamp();

        public void Step(TimeSpan by) => _by += by;
    }
}
