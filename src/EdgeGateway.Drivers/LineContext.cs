namespace EdgeGateway.Drivers;

/// <summary>What a driver may know of the line it works for. Most need only the first two; one that owns its connection needs the rest. Immutable.</summary>
/// <param name="Name">The line's name, for messages.</param>
/// <param name="Connect">The line's checked address.</param>
/// <param name="Time">The clock for deadlines.</param>
public sealed record LineContext(string Name, Uri Connect, TimeProvider Time)
{
    /// <summary>What <see cref="DriverType.ReadLine"/> read; null for a line whose keys nobody gave.</summary>
    public LineSettings? Settings { get; init; }

    /// <summary>All groups that the driver will be asked for in slots, so that it can have their values brought beforehand.</summary>
    public IReadOnlyList<PollGroup> Groups { get; init; } = [];

    /// <summary>This gateway's name for others, <c>site/gateway</c>.</summary>
    public string Gateway { get; init; } = "site/gateway";

    /// <summary>The folder in which a driver may keep what must outlive it, below a name of its own.</summary>
    public string StateFolder { get; init; } = ".";

    /// <summary>Takes what people should know and what is no reading. From any thread; the driver says the same thing once, not at every slot.</summary>
    public Action<DriverNotice> Say { get; init; } = static _ => { };
}

/// <summary>Something that people should know of a line.</summary>
/// <param name="IsTrouble">Somebody has to do something about it.</param>
/// <param name="Text">What was found, what was expected, what to do; without the line's name.</param>
public readonly record struct DriverNotice(bool IsTrouble, string Text);
