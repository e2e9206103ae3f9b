using EdgeGateway.Outbox;

namespace EdgeGateway.Tests.Outbox;

public sealed class Crc32CTests
{
    [Fact]
    public void It_agrees_with_the_published_check_values()
    {
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8)); // the usual check value
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32])); // RFC 3720 appendix B.4
        Assert.Equal(0xE3069283u, Crc32C.Of("1234"u8, "56789"u8));
    }
}
