namespace EdgeGateway.Evidence;

/// <summary>Gathers faults, and hands them out in an order that does not depend on how they were found.</summary>
internal sealed class FaultList
{
    private readonly List<VerdictFault> _atLines = [];
    private readonly List<(StreamKey Stream, VerdictFault Fault)> _inStreams = [];

    public void AtLine(string code, long line, string text) =>
        _atLines.Add(new VerdictFault { Code = code, Stream = "", Sequence = 0, Line = line, Text = text });

    public void Add(string code, StreamKey stream, long sequence, string text) => _inStreams.Add((stream, new VerdictFault
    {
        Code = code,
        Stream = stream.Stream,
        Sequence = sequence,
        Line = 0,
        Text = $"{stream.Gateway}, epoch {stream.Epoch}: {text}",
    }));

    /// <summary>Faults of lines as they came, then those of streams by gateway, epoch, stream, sequence and code.</summary>
    public IReadOnlyList<VerdictFault> InOrder()
    {
        _inStreams.Sort(static (a, b) =>
        {
            var order = a.Stream.CompareTo(b.Stream);
            if (order == 0) order = a.Fault.Sequence.CompareTo(b.Fault.Sequence);
            if (order == 0) order = string.CompareOrdinal(a.Fault.Code, b.Fault.Code);
            return order == 0 ? string.CompareOrdinal(a.Fault.Text, b.Fault.Text) : order;
        });
        return [.. _atLines, .. _inStreams.Select(entry => entry.Fault)];
    }
}
