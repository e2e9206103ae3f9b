namespace EdgeGateway.Drivers.Links;

/// <summary>A serial port of this computer: by the calls of Linux where there are such, by System.IO.Ports elsewhere.</summary>
public sealed class SerialDial(SerialAddress address, TimeProvider time) : LinkDial
{
    /// <inheritdoc/>
    public override string Endpoint => $"{SerialAddress.Scheme}://{address.Path}?baud={address.Baud}&format={address.DataBits}{address.Parity}{address.StopBits}";

    /// <summary>Opens and sets the port. By its path each time: an adapter that comes back under another number is found by a path below /dev/serial/by-id.</summary>
    public override ValueTask<Stream> DialAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (address.IsByPorts || !OperatingSystem.IsLinux()) return ValueTask.FromResult<Stream>(DialByPorts());
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

    private PortsStream DialByPorts()
    {
        if (address.IsRs485) throw new LineDownException($"{address.PortName}: rs485 is of Linux; remove it from connect, and use an adapter that switches by itself");
        return PortsStream.Open(address, time);
    }
}
