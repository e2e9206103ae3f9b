namespace EdgeGateway.Precheck.Rules;

/// <summary>What counts where a role has several signals.</summary>
internal enum Combination
{
    /// <summary>One of them is enough.</summary>
    Any,

    /// <summary>All of them must.</summary>
    All,
}
