using System.Security.Cryptography;
using EdgeGateway.Evidence;

namespace EdgeGateway.Tests.Evidence;

public class MerkleTreeTests
{
    [Fact]
    public void The_roots_are_those_of_the_definition()
    {
        // RFC 6962 §2.1: with one leaf the root is its hash, with two the hash of both.
        var (a, b, c) = (Leaf(1), Leaf(2), Leaf(3));
        var (ha, hb, hc) = (Hash([0, .. a.ToBytes()]), Hash([0, .. b.ToBytes()]), Hash([0, .. c.ToBytes()]));
        Assert.Equal(ChainHash.FromBytes(SHA256.HashData([])), MerkleTree.RootOf([]));
        Assert.Equal(ha, MerkleTree.RootOf([a]));
        Assert.Equal(Hash([1, .. ha.ToBytes(), .. hb.ToBytes()]), MerkleTree.RootOf([a, b]));
        Assert.Equal(Hash([1, .. Hash([1, .. ha.ToBytes(), .. hb.ToBytes()]).ToBytes(), .. hc.ToBytes()]), MerkleTree.RootOf([a, b, c]));
    }

    [Fact]
    public void Each_leaf_of_a_tree_of_any_size_climbs_to_its_root_and_to_no_other()
    {
        for (var size = 1; size <= 70; size++)
        {
            var leaves = Enumerable.Range(0, size).Select(Leaf).ToArray();
            var root = MerkleTree.RootOf(leaves);
            for (var i = 0; i < size; i++)
            {
                var path = MerkleTree.PathOf(leaves, i);
                Assert.Equal(root, MerkleTree.Climb(leaves[i], i, size, path));
                Assert.NotEqual(root, MerkleTree.Climb(Leaf(1000), i, size, path));
                if (size > 1) Assert.NotEqual(root, MerkleTree.Climb(leaves[i], (i + 1) % size, size, path));
                Assert.NotEqual(root, MerkleTree.Climb(leaves[i], i, size, [.. path, root]));
            }
        }
    }

    private static ChainHash Leaf(int i) => ChainHash.Of([(byte)i, (byte)(i >> 8)]);

    private static ChainHash Hash(byte[] bytes) => ChainHash.FromBytes(SHA256.HashData(bytes));
}
