namespace EdgeGateway.Acquisition;

/// <summary>Why a line has been down since it was last up, so that each reason is said once. Numbers do not make a reason another one: they are times and counts.</summary>
internal sealed class DownReasons
{
    private const int Most = 20;

    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    /// <summary>True if this reason has not been given since <see cref="Forget"/>. After many different ones nothing is new any more.</summary>
    public bool IsNew(string reason) => _said.Count < Most && _said.Add(string.Concat(reason.Where(character => !char.IsAsciiDigit(character))));

    /// <summary>The line is up.</summary>
    public void Forget() => _said.Clear();
}
