using EdgeGateway.Drivers;

namespace EdgeGateway.Config;

/// <summary>The faults of one load, as they are found. Bounded: a file of rubbish shall not fill the memory with complaints.</summary>
internal sealed class FaultList
{
    /// <summary>The most faults that are told; the rest are counted.</summary>
    public const int Max = 1000;

    private readonly List<ConfigFault> _faults = [];
    private int _untold;

    /// <summary>How many faults there are, told or not.</summary>
    public int Count => _faults.Count + _untold;

    /// <summary>True once further faults are only counted: no need to look for good advice.</summary>
    public bool IsFull => _faults.Count == Max;

    public void Add(string file, int line, string found, string expected, string fix)
    {
        if (_faults.Count < Max) _faults.Add(new ConfigFault(file, line, found, expected, fix));
        else _untold++;
    }

    /// <summary>What a driver, or a reader that uses a <see cref="SettingRow"/>, complained about.</summary>
    public void Add(string file, int line, SettingFault fault) =>
        Add(file, line, fault.Found == "nothing" ? $"no {fault.Key}" : $"{fault.Key} {ConfigFault.Quote(fault.Found)}", fault.Expected,
            fault.Fix);

    /// <summary>A key or column nobody knows. Returns the one that was probably meant, or null.</summary>
    public string? AddUnknown(string file, int line, string key, IReadOnlyList<string> known)
    {
        var nearest = IsFull ? null : NearestName.Of(key, known);
        Add(file, line, $"unknown key {ConfigFault.Quote(key)}", $"one of {string.Join(", ", known)}",
            nearest is null ? "remove it" : $"write {nearest}");
        return nearest;
    }

    /// <summary>
    /// Takes back what was told before of the same place, of the faults from number <paramref name="first"/> on: a map that devices of several protocols share
    /// is read for each of them, and has its mistakes once.
    /// </summary>
    public void ForgetRepeated(int first)
    {
        if (first >= _faults.Count) return;
        var before = _faults.Take(first).Select(fault => (fault.File, fault.Line, fault.Found)).ToHashSet();
        var repeated = _faults.Skip(first).Where(fault => before.Contains((fault.File, fault.Line, fault.Found))).ToHashSet(ReferenceEqualityComparer.Instance);
        _faults.RemoveAll(repeated.Contains);
    }

    /// <summary>By file, then by line, in the order they were found.</summary>
    public IReadOnlyList<ConfigFault> InOrder()
    {
        var ordered = _faults.OrderBy(fault => fault.File, StringComparer.Ordinal).ThenBy(fault => fault.Line).ToList();
        if (_untold > 0) ordered.Add(new ConfigFault(".", 0, $"{_untold} more faults", "none", $"correct the first {Max} and check again"));
        return ordered;
    }
}
