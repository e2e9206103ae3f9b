namespace EdgeGateway.PlantSimulator.OpcUa;

/// <summary>A part of a simulated server: a folder with variables that move together, and a fault that can be switched while it runs.</summary>
internal sealed class UaDevice(string name, IReadOnlyList<UaPoint> points)
{
    private Randomness _random;
    private double _load;
    private volatile Fault _fault = Fault.None;
    private long _answers;

    /// <summary>Unique in the plant; the name the ledger knows it by.</summary>
    public string Name => name;

    public IReadOnlyList<UaPoint> Points => points;

    /// <summary>What is wrong with its values from the next scan on: <see cref="FaultKind.Silent"/> (the server does not reach it), <see cref="FaultKind.BadStatus"/>, <see cref="FaultKind.Frozen"/>.</summary>
    public Fault Fault
    {
        get => _fault;
        set => _fault = value;
    }

    /// <summary>Values told to clients.</summary>
    public long Answers => Volatile.Read(ref _answers);

    /// <summary>One for each node; set by <see cref="Prepare"/>.</summary>
    public IReadOnlyList<ServedVariable> Variables { get; private set; } = [];

    internal void Prepare(ulong seed, ServedLedger? ledger, int history)
    {
        var own = Randomness.SeedFor(seed, name);
        _random = new Randomness(own);
        _load = 0;
        Variables = [.. points.GroupBy(point => point.Place).Select(same => new ServedVariable(same.First(), Randomness.SeedFor(own, same.First().Point.Name),
            ledger is null ? [] : [.. same.Select(point => ledger.Open(name, point.Point))], history))];
    }

    /// <summary>Moves every variable.</summary>
    internal void Scan(DateTimeOffset now)
    {
        var fault = Fault;
        if (fault.Kind != FaultKind.Frozen) _load += 0.05 * _random.Gauss() - 0.00125 * _load;
        foreach (var variable in Variables) variable.Scan(_load, now, fault);
    }

    internal void CountAnswer() => Interlocked.Increment(ref _answers);
}
