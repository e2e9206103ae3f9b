namespace EdgeGateway.Evidence;

/// <summary>Which signals a <c>data</c> payload covers in which slots.</summary>
/// <param name="Groups">The groups it names, in their order.</param>
/// <param name="Rows">The rows that lie within their group and their named signals; empty where the reader does not keep rows.</param>
/// <param name="RefusedRow">Why another row does not; null if all do.</param>
/// <param name="Readings">Values in all rows, refused ones included.</param>
/// <param name="NotGood">Values whose quality is not 0.</param>
internal sealed record DataBody(DataGroup[] Groups, DataRow[] Rows, string? RefusedRow, int Readings, int NotGood) : IPayloadBody;
