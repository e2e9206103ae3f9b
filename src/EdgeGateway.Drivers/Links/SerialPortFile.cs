using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeGateway.Drivers.Links;

/// <summary>
/// An open serial port of Linux: raw, at the speed and format of its address, and ours alone (TIOCEXCL against programs that open it, flock against
/// those that, like us, ask first, and against root). Any thread; closing twice does nothing.
/// </summary>
internal sealed class SerialPortFile : IDisposable
{
    private readonly SerialAddress _address;
    private int _file;

    private SerialPortFile(SerialAddress address, int file) => (_address, _file) = (address, file);

    /// <summary>The file's number; -1 once closed.</summary>
    public int Number => Volatile.Read(ref _file);

    /// <summary>Opens and sets the port.</summary>
    /// <exception cref="LineDownException">The port is missing, forbidden, in use or no serial port; the message says which and what to do.</exception>
    public static SerialPortFile Open(SerialAddress address)
    {
        var file = Tty.Open(address.Path, Tty.ReadWrite | Tty.NoControllingTerminal | Tty.NonBlocking | Tty.CloseOnExec);
        if (file < 0) throw Refused(address, Marshal.GetLastPInvokeError());
        var port = new SerialPortFile(address, file);
        try
        {
            port.TakeAlone();
            port.Set();
            return port;
        }
        catch
        {
            port.Dispose();
            throw;
        }
    }

    /// <summary>Takes the port for this program without setting it: for a transport that sets it by other means.</summary>
    /// <exception cref="LineDownException">As for <see cref="Open"/>.</exception>
    public static SerialPortFile TakeOnly(SerialAddress address)
    {
        var file = Tty.Open(address.Path, Tty.ReadWrite | Tty.NoControllingTerminal | Tty.NonBlocking | Tty.CloseOnExec);
        if (file < 0) throw Refused(address, Marshal.GetLastPInvokeError());
        var port = new SerialPortFile(address, file);
        if (Tty.Lock(file, Tty.LockExclusive | Tty.LockWithoutWaiting) >= 0) return port;
        port.Dispose();
        throw new LineDownException(InUse(address));
    }

    /// <summary>Bytes that have come and nobody has read; -1 if the port has failed.</summary>
    public int Waiting
    {
        get
        {
            var count = 0;
            return Tty.Control(Number, Tty.CountInput, ref count) < 0 ? -1 : count;
        }
    }

    /// <summary>Reads what is there; 0 if there is nothing.</summary>
    /// <exception cref="IOException">The port has failed: mostly, its adapter was pulled out.</exception>
    public int Read(Span<byte> buffer)
    {
        while (true)
        {
            var count = Tty.Read(Number, ref MemoryMarshal.GetReference(buffer), buffer.Length);
            if (count > 0) return (int)count;
            // A port without its adapter, or whose other side has gone, reads as its end.
            if (count == 0) throw new IOException(Gone(_address));
            var error = Marshal.GetLastPInvokeError();
            if (error == Tty.TryAgain) return 0;
            if (error != Tty.Interrupted) throw Failed(error);
        }
    }

    /// <summary>Hands over all bytes or none of the rest: a frame is far smaller than the system's buffer, so a full one means a stuck port.</summary>
    /// <exception cref="IOException">The port has failed, or takes no bytes.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = Tty.Write(Number, ref MemoryMarshal.GetReference(bytes), bytes.Length);
            if (count >= 0)
            {
                bytes = bytes[(int)count..];
                continue;
            }
            var error = Marshal.GetLastPInvokeError();
            if (error == Tty.TryAgain) throw new IOException($"{_address.Path} takes no bytes: flow control holds it, or its adapter is stuck");
            if (error != Tty.Interrupted) throw Failed(error);
        }
    }

    /// <summary>Gives the port free for others and closes it.</summary>
    public void Dispose()
    {
        var file = Interlocked.Exchange(ref _file, -1);
        if (file < 0) return;
        var none = 0;
        // Exclusive use outlives this file where another program still has the port open. It fails where the adapter is gone, and then does not matter.
        _ = Tty.Control(file, Tty.EndExclusive, ref none);
        _ = Tty.Close(file);
    }

    private void TakeAlone()
    {
        if (Tty.Lock(_file, Tty.LockExclusive | Tty.LockWithoutWaiting) < 0) throw new LineDownException(InUse(_address));
        var none = 0;
        if (Tty.Control(_file, Tty.MakeExclusive, ref none) < 0) throw Refused(_address, Marshal.GetLastPInvokeError());
    }

    private void Set()
    {
        var settings = new Tty.Settings();
        if (Tty.GetSettings(_file, ref settings) < 0) throw Refused(_address, Marshal.GetLastPInvokeError());
        Tty.MakeRaw(ref settings);
        // The modem's lines do not hold the port, closing it does not drop them, and nothing but the count of bytes steers the flow.
        settings.Control &= ~(Tty.Settings.DataMask | Tty.Settings.TwoStops | Tty.Settings.Parity | Tty.Settings.Odd | Tty.Settings.HardwareFlow | Tty.Settings.HangUpOnClose);
        settings.Control |= Tty.Settings.Receive | Tty.Settings.IgnoreModem | (_address.DataBits == 7 ? Tty.Settings.Data7 : Tty.Settings.Data8);
        if (_address.StopBits == 2) settings.Control |= Tty.Settings.TwoStops;
        if (_address.Parity != 'N') settings.Control |= Tty.Settings.Parity;
        if (_address.Parity == 'O') settings.Control |= Tty.Settings.Odd;
        // A character of wrong parity arrives as zero, and the frame's check refuses it.
        if (_address.Parity != 'N') settings.Input |= Tty.Settings.CheckParity;
        if (Tty.SetSpeed(ref settings, Tty.SpeedCode(_address.Baud)) < 0 || Tty.SetSettings(_file, Tty.SetNow, ref settings) < 0)
            throw Refused(_address, Marshal.GetLastPInvokeError());
        SetModemLine(Tty.LineDtr, _address.Dtr, "dtr");
        SetModemLine(Tty.LineRts, _address.Rts, "rts");
        if (_address.IsRs485) SwitchDirection();
        LowerLatency();
        _ = Tty.Flush(_file, Tty.FlushBoth);
    }

    private void SetModemLine(int line, bool? isRaised, string key)
    {
        if (isRaised is not { } raise) return;
        if (Tty.Control(_file, raise ? Tty.SetModemLines : Tty.ClearModemLines, ref line) < 0)
            throw new LineDownException($"{_address.Path} has no line {key}: remove {key} from connect");
    }

    // Two wires carry one direction at a time: the driver of the port raises RTS for as long as it sends.
    private void SwitchDirection()
    {
        var how = new Tty.Rs485 { Flags = Tty.Rs485.IsOn | Tty.Rs485.RtsWhileSending };
        if (Tty.Control(_file, Tty.SetRs485, ref how) < 0)
            throw new LineDownException($"{_address.Path} cannot switch the direction of RS-485 itself ({Reason(Marshal.GetLastPInvokeError())}): remove rs485 from connect. "
                + "Most USB adapters do it in their own hardware and need nothing");
    }

    // USB adapters otherwise gather bytes for up to 16 ms. Ports that cannot do this are no worse for it.
    private void LowerLatency()
    {
        var facts = new Tty.SerialFacts();
        if (Tty.Control(_file, Tty.GetSerial, ref facts) < 0) return;
        facts.Flags |= Tty.SerialFacts.LowLatency;
        _ = Tty.Control(_file, Tty.SetSerial, ref facts);
    }

    private IOException Failed(int error) => error is Tty.IoError or Tty.NoDevice or Tty.NoSuchDevice
        ? new IOException(Gone(_address))
        : new IOException($"{_address.Path} failed: {Reason(error)}");

    /// <summary>What is said of a port that was there and is no more.</summary>
    internal static string Gone(SerialAddress address) => $"{address.PortName} has gone: its adapter was pulled out, or the other side closed it";

    /// <summary>What the system's refusal to open or set a port means to people.</summary>
    internal static LineDownException Refused(SerialAddress address, int error) => new(error switch
    {
        Tty.NoEntry or Tty.NoDevice or Tty.NoSuchDevice => $"{address.Path} is not there: its adapter is not plugged in, or has another name now. {WhatIsThere()}",
        Tty.NoRight or Tty.NotPermitted => $"{address.Path} may not be opened by user {Environment.UserName}: add the user to the group that owns the port "
            + "(mostly dialout: usermod -aG dialout) and start the gateway again",
        Tty.IsBusy => InUse(address),
        Tty.NotATerminal => $"{address.Path} is no serial port",
        Tty.IoError => $"{address.Path} does not work: no hardware behind it",
        _ => $"{address.Path} cannot be opened: {Reason(error)}",
    });

    private static string InUse(SerialAddress address) => PortHolder.Of(address.Path) is { } holder
        ? $"{address.Path} is in use by {holder}: stop it, or give this line a port of its own"
        : $"{address.Path} is in use by another program: stop it, or give this line a port of its own";

    // A name by id stays when adapters are plugged in another order.
    private static string WhatIsThere()
    {
        const string byId = "/dev/serial/by-id";
        List<string> names;
        try
        {
            names = [.. Directory.EnumerateFileSystemEntries(byId).Order(StringComparer.Ordinal).Take(8)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            names = []; // the folder goes with the last adapter
        }
        return names.Count == 0
            ? "No USB adapter is plugged in (/dev/serial/by-id is empty)"
            : string.Create(CultureInfo.InvariantCulture, $"Plugged in now, by names that do not change: {string.Join(", ", names)}");
    }

    private static string Reason(int error) => Marshal.GetPInvokeErrorMessage(error);
}
