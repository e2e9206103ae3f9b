using EdgeGateway.Evidence;

namespace EdgeGateway.Tests.Evidence;

public class ChainHashTests
{
    // Made with another program: base64url(SHA-256("EGB1" 00 7B 7D)).
    private const string OfEmptyObject = "nw7wyS1LpXr56J7A7TQfSXGStF68a-uviUdPfCx96fc";

    [Fact]
    public void The_hash_of_a_payload_is_that_of_the_page() => Assert.Equal(OfEmptyObject, ChainHash.Of("{}"u8).ToString());

    [Fact]
    public void Its_text_and_its_bytes_read_back()
    {
        Assert.True(ChainHash.TryParse("nw7wyS1LpXr56J7A7TQfSXGStF68a-uviUdPfCx96fc"u8, out var hash));
        Assert.Equal(ChainHash.Of("{}"u8), hash);
        Assert.Equal(hash, ChainHash.FromBytes(hash.ToBytes()));
    }

    [Theory]
    [InlineData("nw7wyS1LpXr56J7A7TQfSXGStF68a-uviUdPfCx96fd")] // stray bits in the last character
    [InlineData("nw7wyS1LpXr56J7A7TQfSXGStF68a-uviUdPfCx96fc=")]
    [InlineData("nw7wyS1LpXr56J7A7TQfSXGStF68a+uviUdPfCx96fc")]
    [InlineData("nw7wyS1LpXr56J7A7TQfSXGStF68a-uviUdPfCx96f")]
    [InlineData(" w7wyS1LpXr56J7A7TQfSXGStF68a-uviUdPfCx96fc")]
    [InlineData("")]
    public void Another_text_is_no_hash(string text) => Assert.False(ChainHash.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out _));
}
