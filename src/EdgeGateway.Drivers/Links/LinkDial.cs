namespace EdgeGateway.Drivers.Links;

/// <summary>How to get the stream of a line. Holds no connection itself.</summary>
public abstract class LinkDial
{
    private const string OpcUaScheme = "opc.tcp";

    /// <summary>The endpoint as people know it: <c>tcp://10.0.0.5:502</c>.</summary>
    public abstract string Endpoint { get; }

    /// <summary>Opens the line; the caller disposes the stream.</summary>
    /// <exception cref="LineDownException">The endpoint cannot be opened; the message names the endpoint and the reason.</exception>
    public abstract ValueTask<Stream> DialAsync(CancellationToken cancellationToken);

    /// <summary>True if the other end may be long gone while the stream still looks open: then silence of everybody on it is a reason to dial anew.</summary>
    public virtual bool MayBeHalfOpen => false;

    /// <summary>Marks a stream whose other end says nothing any more, so that closing it leaves nothing behind at that end, should it live: serial servers have few connections to give.</summary>
    public virtual void GiveUp(Stream link)
    {
    }

    /// <summary>The longest pause between two attempts.</summary>
    public virtual TimeSpan LongestRedial => TimeSpan.FromSeconds(60);

    /// <summary>
    /// True if the reasons why this line is down are few and each needs somebody's hand (a refused certificate, a wrong password): then every new one is said, not only
    /// the first.
    /// </summary>
    public virtual bool TellsEveryReason => false;

    /// <summary>The line is served no longer: whatever is held besides streams is given back.</summary>
    public virtual void Close()
    {
    }

    /// <summary>The dial for a checked <c>connect:</c> address.</summary>
    public static LinkDial For(Uri connect, TimeProvider time) => connect.Scheme switch
    {
        "tcp" => new TcpDial(connect.Host, connect.Port, time),
        SerialAddress.Scheme => new SerialDial(
            SerialAddress.Parse(connect, out var expected) ?? throw new ArgumentException($"{connect}: expected {expected}", nameof(connect)), time),
        DialInAddress.Scheme => new DialInDial(
            DialInAddress.Parse(connect, out var said) ?? throw new ArgumentException($"{connect}: expected {said}", nameof(connect)), time),
        OpcUaScheme => new OwnedByDriver(connect.OriginalString),
        _ => throw new ArgumentException($"no link for scheme '{connect.Scheme}'", nameof(connect)),
    };
}
