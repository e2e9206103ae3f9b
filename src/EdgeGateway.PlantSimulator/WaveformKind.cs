namespace EdgeGateway.PlantSimulator;

/// <summary>The ways a value can move.</summary>
internal enum WaveformKind
{
    Wander,
    Counter,
    Constant,
    Toggle,
    Ramp,
    Text,
    Codes,
}
