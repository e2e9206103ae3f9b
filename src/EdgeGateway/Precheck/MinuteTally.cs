namespace EdgeGateway.Precheck;

/// <summary>What was seen of one signal in one minute, in the signal's own unit. Reused from minute to minute.</summary>
internal sealed class MinuteTally
{
    private readonly int[] _flags = new int[DataFlags.Count];

    /// <summary>Readings, whatever their quality.</summary>
    public int Seen { get; private set; }

    /// <summary>Normal ones.</summary>
    public int Valid => _flags[(int)DataFlag.Normal];

    /// <summary>Readings by flag.</summary>
    public ReadOnlySpan<int> Flags => _flags;

    /// <summary>Sum of the normal values.</summary>
    public decimal Sum { get; private set; }

    /// <summary>Smallest normal value; means nothing while there is none.</summary>
    public decimal Min { get; private set; }

    /// <summary>Largest normal value; means nothing while there is none.</summary>
    public decimal Max { get; private set; }

    public void Add(DataFlag flag, decimal value)
    {
        Seen++;
        if (flag == DataFlag.Normal)
        {
            Min = Valid == 0 ? value : Math.Min(Min, value);
            Max = Valid == 0 ? value : Math.Max(Max, value);
            Sum += value;
        }
        _flags[(int)flag]++;
    }

    public void Clear()
    {
        Array.Clear(_flags);
        Seen = 0;
        Sum = Min = Max = 0m;
    }
}
