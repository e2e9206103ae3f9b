using LiteDB;
using LiteDB.Engine;

namespace EdgeGateway.Outbox;

/// <summary>
/// A LiteDB engine whose commits are on disk when they return. Not thread-safe: LiteDB binds a transaction to a thread, and the owner calls this under
/// its lock. After an error it is only good for being disposed and opened again.
/// </summary>
internal sealed class DurableEngine : IDisposable
{
    private readonly DurableFiles _files;
    private readonly LiteEngine _engine;
    private bool _broke;

    private DurableEngine(DurableFiles files, LiteEngine engine) => (_files, _engine) = (files, engine);

    /// <summary>True after an error: nothing counts but what is on disk.</summary>
    public bool IsBroken => _broke || _files.Failure is not null;

    /// <summary>Bytes of the data file.</summary>
    public long DataLength => _files.Data.Length;

    /// <summary>Opens a data file and its log, or makes them.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="DamagedFileException">The files hold something else, or are damaged.</exception>
    public static DurableEngine Open(IStoreFolder folder, string data, string log)
    {
        var files = OpenFiles(folder, data, log);
        try
        {
            if (!files.HoldsDatabaseOrNothing()) throw new DamagedFileException("it does not begin as a LiteDB file does");
            var engine = new LiteEngine(new EngineSettings { DataStream = files.Data, LogStream = files.Log });
            // What a log holds that was left behind is written anew, into the data file: after a failed sync it may be readable and yet not on disk.
            if (files.Log.Length > 0) engine.Checkpoint();
            // A new file's first page goes past the log: it has to be there before the log says anything.
            files.SyncBoth();
            if (files.Failure is { } failure) throw new IOException($"{data} cannot be written: {failure.Message}", failure);
            return new DurableEngine(files, engine);
        }
        catch (Exception e) when (IsDamage(e))
        {
            // A first page that the disk did not take is missed by LiteDB when it reads it back.
            var refused = files.Failure;
            files.Dispose();
            throw refused is null ? new DamagedFileException(e.Message, e) : new IOException($"{data} cannot be written: {refused.Message}", e);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>One transaction, on disk when this returns.</summary>
    /// <exception cref="IOException">Nothing is known to be stored; <see cref="IsBroken"/> is true.</exception>
    /// <exception cref="DamagedFileException">Nothing is stored, and trying again will not help; <see cref="IsBroken"/> is true.</exception>
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
            throw Wrapped(e);
        }
    }

    /// <summary>Moves everything from the log into the data file.</summary>
    /// <exception cref="IOException">The disk refuses; <see cref="IsBroken"/> is true.</exception>
    /// <exception cref="DamagedFileException">As for <see cref="Commit"/>.</exception>
    public void Checkpoint()
    {
        try
        {
            _engine.Checkpoint();
            _files.SyncBoth();
        }
        catch (Exception e) when (e is IOException || IsDamage(e))
        {
            _broke = true;
            if (e is IOException) throw;
            throw Wrapped(e);
        }
        if (_files.Failure is { } failure) throw new IOException($"the store cannot write: {failure.Message}", failure);
    }

    public void Insert(string collection, IEnumerable<BsonDocument> documents) => _engine.Insert(collection, documents, BsonAutoId.Int64);

    /// <summary>Documents with the same ids take the place of those that are there.</summary>
    public void Update(string collection, IEnumerable<BsonDocument> documents) => _engine.Update(collection, documents);

    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="DamagedFileException">A page is not what was written.</exception>
    public BsonDocument? FindById(string collection, BsonValue id)
    {
        var query = new Query { Limit = 1 };
        query.Where.Add(BsonExpression.Create("$._id = @0", id));
        return All(collection, query).FirstOrDefault();
    }

    /// <summary>The document with the highest id.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="DamagedFileException">A page is not what was written.</exception>
    public BsonDocument? Last(string collection) =>
        All(collection, new Query { OrderBy = BsonExpression.Create("$._id"), Order = Query.Descending, Limit = 1 }).FirstOrDefault();

    /// <summary>Every document of a small collection.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="DamagedFileException">A page is not what was written.</exception>
    public IReadOnlyList<BsonDocument> All(string collection) => All(collection, new Query());

    public void Dispose()
    {
        try
        {
            _engine.Dispose();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException || IsDamage(e))
        {
            // An engine that broke in mid-commit may refuse to close; its files are closed below and nothing of it is used again.
        }
        _files.Dispose();
    }

    // An engine whose disk has failed meets all kinds of trouble afterwards, which is not the file's.
    private Exception Wrapped(Exception e) =>
        _files.Failure is { } failure ? new IOException($"the store cannot write: {failure.Message}", e) : new DamagedFileException(e.Message, e);

    /// <summary>LiteDB meets a damaged file with any of these.</summary>
    private static bool IsDamage(Exception e) =>
        e is LiteException or InvalidCastException or IndexOutOfRangeException or ArgumentException or NullReferenceException or OverflowException
            or InvalidOperationException or FormatException or NotSupportedException or KeyNotFoundException;

    private static DurableFiles OpenFiles(IStoreFolder folder, string data, string log)
    {
        var first = folder.Open(data);
        try
        {
            return new DurableFiles(first, folder.Open(log));
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    private List<BsonDocument> All(string collection, Query query)
    {
        try
        {
            using var reader = _engine.Query(collection, query);
            var documents = new List<BsonDocument>();
            while (reader.Read()) documents.Add(reader.Current.AsDocument);
            return documents;
        }
        catch (IOException)
        {
            _broke = true;
            throw;
        }
        catch (Exception e) when (IsDamage(e))
        {
            _broke = true;
            throw new DamagedFileException(e.Message, e);
        }
    }
}
