using System.Collections.Concurrent;
using EdgeGateway.Outbox;

namespace EdgeGateway.Tests.Outbox;

public sealed class SetAsideTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _news = [];
    private readonly DiskFolder _disk;

    public SetAsideTests() => _disk = new DiskFolder(Directory.CreateDirectory(_folder.Sub("outbox")).FullName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_files_of_one_name_are_both_kept()
    {
        foreach (var content in new[] { 1, 2, 3 })
        {
            Put("readings-000000000001.db", content);
            SetAside.AsDamaged(_disk, "readings-000000000001.db");
        }

        Assert.Equal(["damaged-2-readings-000000000001.db", "damaged-3-readings-000000000001.db", "damaged-readings-000000000001.db"], _disk.List());
        Assert.Equal([2, 3, 1], _disk.List().Select(name => (int)new FileInfo(_folder.Sub($"outbox/{name}")).Length));
    }

    [Fact]
    public void Over_the_bound_the_oldest_epochs_leave_first_and_it_is_said()
    {
        Put("lost-epoch-10-journal-a", 100);
        Put("lost-epoch-9-journal-a", 100);
        Put("damaged-readings-000000000001.db", 100);
        Put("damaged-readings-000000000002.db", 100);
        Put("readings-000000000003.db", 1000);

        SetAside.Bound(_disk, 200, _news);

        Assert.Equal(["damaged-readings-000000000001.db", "damaged-readings-000000000002.db", "readings-000000000003.db"], _disk.List());
        Assert.Equal(2, _news.Count);
        Assert.Contains("lost-epoch-9-journal-a (100 bytes", _news.First(), StringComparison.Ordinal);
    }

    [Fact]
    public void Within_the_bound_all_are_kept_and_nothing_is_said()
    {
        Put("lost-epoch-1-journal-a", 100);
        Put("damaged-readings-000000000001.db", 100);

        SetAside.Bound(_disk, 200, _news);

        Assert.Equal(2, _disk.List().Count);
        Assert.Empty(_news);
    }

    private void Put(string name, int bytes) => File.WriteAllBytes(_folder.Sub($"outbox/{name}"), new byte[bytes]);
}
