namespace EdgeGateway.Drivers.Dlt645;

/// <summary>How one meter is addressed and asked.</summary>
internal sealed class MeterDevice : DeviceSettings
{
    /// <summary>How many FE go ahead unless a line file says otherwise, and ahead of the answers of most meters.</summary>
    public const int UsualPreamble = 4;

    /// <summary>Whom the questions are for.</summary>
    public required MeterAddress Address { get; init; }

    /// <summary>In which edition an item is asked that the map calls by its name.</summary>
    public Edition Edition { get; init; }

    /// <summary>How many FE go ahead of a question, 0 to 8; they wake meters and adapters up.</summary>
    public int Preamble { get; init; } = UsualPreamble;

    /// <summary>How long the line must have been silent before a question and behind an answer.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>True if several members of a block are asked for with one question.</summary>
    public bool Blocks { get; init; } = true;

    /// <summary>The most frames behind the first one of an answer, 0 to 255.</summary>
    public int FollowUps { get; init; } = 16;
}
