namespace EdgeGateway.Precheck;

/// <summary>The state of the gas in a period; null is what nobody knows.</summary>
/// <param name="Temperature">°C.</param>
/// <param name="Pressure">Against the atmosphere, kPa.</param>
/// <param name="Atmosphere">kPa.</param>
/// <param name="Humidity">% of volume.</param>
internal readonly record struct GasConditions(decimal? Temperature, decimal? Pressure, decimal? Atmosphere, decimal? Humidity);
