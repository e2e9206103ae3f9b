namespace EdgeGateway.Evidence;

/// <summary>The fault codes of docs/wire.md §6, as they stand in verdicts.</summary>
internal static class FaultCode
{
    public const string Format = "format";
    public const string Typ = "typ";
    public const string Key = "key";
    public const string Signature = "signature";
    public const string Fork = "fork";
    public const string Missing = "missing";
    public const string Chain = "chain";
    public const string Boot = "boot";
    public const string Plan = "plan";
    public const string Uncovered = "uncovered";
    public const string Twice = "twice";
    public const string AfterStop = "after-stop";
    public const string Truncated = "truncated";
    public const string Time = "time";
    public const string Clock = "clock";
    public const string Seal = "seal";
}
