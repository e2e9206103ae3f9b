namespace EdgeGateway.Drivers.Links;

/// <summary>A serial port of this computer.</summary>
public sealed class SerialDial(SerialAddress address, TimeProvider time) : LinkDial
{
    /// <inheritdoc/>
    public override string Endpoint => $"{SerialAddress.Scheme}://{address.Path}?baud={address.Baud}&format={address.DataBits}{address.Parity}{address.StopBits}";

    /// <summary>Opens and sets the port; on systems other than Linux it says that it cannot.</summary>
    public override ValueTask<Stream> DialAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!OperatingSystem.IsLinux()) throw new LineDownException($"{address.Path}: serial ports are driven on Linux only; use a serial server and tcp:// here");
        var port = SerialPortFile.Open(address);
        try
        {
            return ValueTask.FromResult<Stream>(new SerialStream(port, address, time));
        }
        catch
        {
            port.Dispose();
            throw;
        }
    }
}
