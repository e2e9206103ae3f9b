using System.Security.Cryptography;

namespace EdgeGateway.Evidence;

/// <summary>
/// The tree hash of RFC 6962 §2.1 over chain hashes, as they come: SHA-256 with 0x00 before a leaf and 0x01 before a pair of nodes, so that neither can be taken for the other.
/// Keeps one hash for each level, however many leaves there are.
/// </summary>
internal sealed class MerkleTree
{
    private readonly List<ChainHash> _full = []; // roots of full subtrees, largest first; their sizes are the bits of Count

    /// <summary>Leaves so far.</summary>
    public long Count { get; private set; }

    public void Add(ChainHash leaf)
    {
        var node = Leaf(leaf);
        for (var bits = Count; (bits & 1) == 1; bits >>= 1)
        {
            node = Pair(_full[^1], node);
            _full.RemoveAt(_full.Count - 1);
        }
        _full.Add(node);
        Count++;
    }

    /// <summary>The root over all leaves so far; that of an empty tree is the hash of nothing.</summary>
    public ChainHash Root()
    {
        if (Count == 0) return ChainHash.FromBytes(SHA256.HashData([]));
        var root = _full[^1];
        for (var i = _full.Count - 2; i >= 0; i--) root = Pair(_full[i], root);
        return root;
    }

    public void Clear()
    {
        _full.Clear();
        Count = 0;
    }

    /// <summary>The root over all of these leaves.</summary>
    public static ChainHash RootOf(IEnumerable<ChainHash> leaves)
    {
        var tree = new MerkleTree();
        foreach (var leaf in leaves) tree.Add(leaf);
        return tree.Root();
    }

    /// <summary>The audit path of RFC 6962 §2.1.1 for one leaf: the nodes beside its way to the root, nearest first.</summary>
    public static IReadOnlyList<ChainHash> PathOf(ReadOnlySpan<ChainHash> leaves, int index)
    {
        var path = new List<ChainHash>();
        Collect(leaves, index, path);
        return path;
    }

    /// <summary>The root that a leaf and its path lead to; null if the path is not one for this place in a tree of this size.</summary>
    public static ChainHash? Climb(ChainHash leaf, long index, long count, IReadOnlyList<ChainHash> path)
    {
        if (index < 0 || index >= count) return null;
        // RFC 9162 §2.1.3.2.
        var (at, last) = (index, count - 1);
        var node = Leaf(leaf);
        foreach (var beside in path)
        {
            if (last == 0) return null;
            if ((at & 1) == 1 || at == last)
            {
                node = Pair(beside, node);
                while ((at & 1) == 0 && at != 0) (at, last) = (at >> 1, last >> 1);
            }
            else
            {
                node = Pair(node, beside);
            }
            (at, last) = (at >> 1, last >> 1);
        }
        return last == 0 ? node : null;
    }

    private static ChainHash Collect(ReadOnlySpan<ChainHash> leaves, int index, List<ChainHash>? path)
    {
        if (leaves.Length == 1) return Leaf(leaves[0]);
        var left = 1 << (31 - int.LeadingZeroCount(leaves.Length - 1)); // the largest power of two below the count
        var isLeft = index < left;
        var (one, other) = (Collect(leaves[..left], index, isLeft ? path : null), Collect(leaves[left..], index - left, isLeft ? null : path));
        path?.Add(isLeft ? other : one);
        return Pair(one, other);
    }

    private static ChainHash Leaf(ChainHash hash)
    {
        Span<byte> bytes = stackalloc byte[1 + ChainHash.Size];
        bytes[0] = 0;
        hash.CopyTo(bytes[1..]);
        return Hash(bytes);
    }

    private static ChainHash Pair(ChainHash left, ChainHash right)
    {
        Span<byte> bytes = stackalloc byte[1 + 2 * ChainHash.Size];
        bytes[0] = 1;
        left.CopyTo(bytes[1..]);
        right.CopyTo(bytes[(1 + ChainHash.Size)..]);
        return Hash(bytes);
    }

    private static ChainHash Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[ChainHash.Size];
        SHA256.HashData(bytes, hash);
        return ChainHash.FromBytes(hash);
    }
}
