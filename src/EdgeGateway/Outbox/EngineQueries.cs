using LiteDB;
using LiteDB.Engine;

namespace EdgeGateway.Outbox;

/// <summary>The three look-ups the outbox makes, all on the primary index.</summary>
internal static class EngineQueries
{
    public static BsonDocument? FindById(this LiteEngine engine, string collection, BsonValue id)
    {
        var query = new Query();
        query.Where.Add(BsonExpression.Create("$._id = @0", id));
        query.Limit = 1;
        return Single(engine, collection, query);
    }

    public static BsonDocument? First(this LiteEngine engine, string collection) => Edge(engine, collection, Query.Ascending);

    public static BsonDocument? Last(this LiteEngine engine, string collection) => Edge(engine, collection, Query.Descending);

    private static BsonDocument? Edge(LiteEngine engine, string collection, int order)
    {
        var query = new Query { OrderBy = BsonExpression.Create("$._id"), Order = order, Limit = 1 };
        return Single(engine, collection, query);
    }

    private static BsonDocument? Single(LiteEngine engine, string collection, Query query)
    {
        using var reader = engine.Query(collection, query);
        return reader.Read() ? reader.Current.AsDocument : null;
    }
}
