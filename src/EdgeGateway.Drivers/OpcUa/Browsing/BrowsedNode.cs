using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.Drivers.OpcUa.Encoding;

namespace EdgeGateway.Drivers.OpcUa.Browsing;

/// <summary>A node that was met on a walk through a server.</summary>
/// <param name="Parent">Where it was met; null for the start.</param>
/// <param name="Id">Its id now.</param>
/// <param name="Name">How a site names it; null if that is longer than a name may be, or the server does not have its namespace.</param>
/// <param name="BrowseName">Its name among its parent's children, fit for people.</param>
/// <param name="DisplayName">Its name for people; the same as the browse name where the server has none.</param>
/// <param name="IsVariable">It has a value.</param>
/// <param name="Depth">Steps from the start, which is 0.</param>
internal sealed record BrowsedNode(BrowsedNode? Parent, NodeId Id, NodeName? Name, string BrowseName, string DisplayName, bool IsVariable, int Depth)
{
    private static readonly NodeId Objects = new(85);

    /// <summary>What is known of it as a variable; null for an object and for a node that nobody wants to know of.</summary>
    public VariableFacts? Facts { get; init; }

    /// <summary>What keeps the walk from going below it; null if nothing does.</summary>
    public string? Halt { get; init; }

    /// <summary>The node id as a site writes it, or as near to it as there is.</summary>
    public string NodeText => Name?.Text ?? Printable.Text(Id.ToString());

    /// <summary>The browse names from the start on, the folder Objects left out, as <c>/Plant/Tank/Level</c>: what <see cref="StartNode"/> takes if the walk began there.</summary>
    public string Path => string.Concat(Steps().Reverse().Where(step => step.Id != Objects).Select(step => $"/{step.BrowseName.Replace("&", "&&", StringComparison.Ordinal).Replace("/", "&/", StringComparison.Ordinal)}"));

    /// <summary>This node, its parent and so on up to the start.</summary>
    public IEnumerable<BrowsedNode> Steps()
    {
        for (var at = this; at is not null; at = at.Parent) yield return at;
    }

    /// <summary>True if the text stands in one of its names, whatever the capitals.</summary>
    public bool IsNamed(string text) => BrowseName.Contains(text, StringComparison.OrdinalIgnoreCase) || DisplayName.Contains(text, StringComparison.OrdinalIgnoreCase);
}
