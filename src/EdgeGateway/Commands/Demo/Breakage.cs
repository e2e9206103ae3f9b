namespace EdgeGateway.Commands.Demo;

/// <summary>What the demo breaks in its middle third.</summary>
internal enum Breakage
{
    None,

    /// <summary>The broker stops, forgets everything and starts again.</summary>
    Broker,

    /// <summary>The first device falls silent.</summary>
    Device,

    /// <summary>The link to the broker swallows everything without closing.</summary>
    Link,
}
