using LiteDB;
using LiteDB.Engine;

namespace EdgeGateway.Outbox;

/// <summary>
/// A LiteDB engine whose commits are on disk when they return, and which can be opened again after an I/O error. Not thread-safe: LiteDB binds a
/// transaction to a thread, and the outbox calls this under its lock.
/// </summary>
internal sealed class DurableEngine : IDisposable
{
    private readonly string _folder;
    private DurableFiles _files;
    private LiteEngine _engine;
    private bool _broke;

    private DurableEngine(string folder, DurableFiles files, LiteEngine engine) => (_folder, _files, _engine) = (folder, files, engine);

    /// <summary>True after an error: nothing counts but what is on disk, and <see cref="Reopen"/> has to come first.</summary>
    public bool IsBroken => _broke || _files.HasFailed;

    /// <exception cref="IOException">The files cannot be opened, or another process holds them.</exception>
    /// <exception cref="OutboxException">The data file holds something else.</exception>
    public static DurableEngine Open(string folder)
    {
        var files = OpenFiles(folder);
        try
        {
            if (!files.HoldsDatabaseOrNothing()) throw OutboxException.Damaged(folder, new InvalidDataException("segments.db is not a LiteDB file"));
            return new DurableEngine(folder, files, OpenEngine(files));
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>LiteDB meets a damaged file with any of these.</summary>
    public static bool IsDamage(Exception e) =>
        e is LiteException or InvalidCastException or IndexOutOfRangeException or ArgumentException or NullReferenceException;

    /// <summary>One transaction, on disk when this returns.</summary>
    /// <exception cref="IOException">Nothing is known to be stored; <see cref="IsBroken"/> is true.</exception>
    public void Commit(Action write)
    {
        var before = _files.Commits;
        try
        {
            _engine.BeginTrans();
            write();
            _engine.Commit();
            _files.WaitForCommitAfter(before);
        }
        catch (Exception e)
        {
            _broke = true; // whatever it was: the transaction is still open, and nothing of it may go into the next one
            if (e is IOException || !IsDamage(e)) throw;
            throw new IOException($"the store cannot write: {e.Message}", e);
        }
    }

    /// <exception cref="IOException">The files cannot be opened yet; call again later.</exception>
    public void Reopen()
    {
        Close();
        _broke = true;
        try
        {
            _files = OpenFiles(_folder);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"the store cannot be opened again: {e.Message}", e);
        }
        try
        {
            _engine = OpenEngine(_files);
            _broke = false;
        }
        catch (Exception e) when (IsDamage(e))
        {
            _files.Dispose();
            throw new IOException($"the store cannot be opened again: {e.Message}", e);
        }
    }

    public void Insert(string collection, BsonDocument document) => _engine.Insert(collection, [document], BsonAutoId.Int64);

    public void Upsert(string collection, BsonDocument document) => _engine.Upsert(collection, [document], BsonAutoId.ObjectId);

    public void Delete(string collection, BsonValue id) => _engine.Delete(collection, [id]);

    public BsonDocument? FindById(string collection, BsonValue id)
    {
        var query = new Query { Limit = 1 };
        query.Where.Add(BsonExpression.Create("$._id = @0", id));
        return Single(collection, query);
    }

    public BsonDocument? First(string collection) => Edge(collection, Query.Ascending);

    public BsonDocument? Last(string collection) => Edge(collection, Query.Descending);

    public void Dispose() => Close();

    private static DurableFiles OpenFiles(string folder) =>
        new(Path.Combine(folder, "segments.db"), Path.Combine(folder, "segments-log.db"));

    private static LiteEngine OpenEngine(DurableFiles files) => new(new EngineSettings { DataStream = files.Data, LogStream = files.Log });

    private BsonDocument? Edge(string collection, int order) =>
        Single(collection, new Query { OrderBy = BsonExpression.Create("$._id"), Order = order, Limit = 1 });

    private BsonDocument? Single(string collection, Query query)
    {
        try
        {
            using var reader = _engine.Query(collection, query);
            return reader.Read() ? reader.Current.AsDocument : null;
        }
        catch (Exception e) when (e is IOException || IsDamage(e))
        {
            _broke = true;
            throw e as IOException ?? new IOException($"the store cannot be read: {e.Message}", e);
        }
    }

    private void Close()
    {
        try
        {
            _engine.Dispose();
        }
        catch (Exception e) when (e is LiteException or IOException or ObjectDisposedException)
        {
            // An engine that broke in mid-commit may refuse to close; its files are closed below and nothing of it is used again.
        }
        _files.Dispose();
    }
}
