namespace EdgeGateway.Testing;

/// <summary>Programs made by others that some tests need.</summary>
internal static class RealParts
{
    /// <summary>Skips the test, or fails it where real parts are demanded. Does not return.</summary>
    public static void Lacking(string reason)
    {
        if (Environment.GetEnvironmentVariable("EDGEGATEWAY_REQUIRE_REAL_PARTS") == "1") Assert.Fail(reason);
        Assert.Skip(reason);
    }
}
