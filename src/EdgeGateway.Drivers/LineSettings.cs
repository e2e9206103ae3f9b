namespace EdgeGateway.Drivers;

/// <summary>What a protocol needs to know of a whole line beside its address; a protocol that has line keys has its own kind. Immutable.</summary>
public abstract class LineSettings;
