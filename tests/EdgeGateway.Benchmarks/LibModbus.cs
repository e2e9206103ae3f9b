using System.Runtime.InteropServices;

namespace EdgeGateway.Benchmarks;

/// <summary>The master of libmodbus (Debian: libmodbus5), in C: one question after the other on one connection.</summary>
internal sealed partial class LibModbus : IDisposable
{
    private const string Library = "libmodbus.so.5";

    private readonly nint _context;

    private LibModbus(nint context) => _context = context;

    /// <summary>A connection; null if the library is not on this machine.</summary>
    public static LibModbus? TryOpen(Uri slave)
    {
        if (!NativeLibrary.TryLoad(Library, out _)) return null;
        var context = NewTcp(slave.Host, slave.Port);
        if (context == 0 || SetSlave(context, 1) != 0 || Connect(context) != 0) throw new InvalidOperationException($"libmodbus cannot connect to {slave}");
        return new LibModbus(context);
    }

    public void Read(int registers, int times)
    {
        var values = new ushort[registers];
        for (var i = 0; i < times; i++)
            if (ReadRegisters(_context, 0, registers, ref values[0]) != registers) throw new InvalidOperationException("libmodbus got no answer");
    }

    public void Dispose()
    {
        Close(_context);
        Free(_context);
    }

    [LibraryImport(Library, EntryPoint = "modbus_new_tcp", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NewTcp(string host, int port);

    [LibraryImport(Library, EntryPoint = "modbus_set_slave")]
    private static partial int SetSlave(nint context, int slave);

    [LibraryImport(Library, EntryPoint = "modbus_connect")]
    private static partial int Connect(nint context);

    [LibraryImport(Library, EntryPoint = "modbus_read_registers")]
    private static partial int ReadRegisters(nint context, int address, int count, ref ushort values);

    [LibraryImport(Library, EntryPoint = "modbus_close")]
    private static partial void Close(nint context);

    [LibraryImport(Library, EntryPoint = "modbus_free")]
    private static partial void Free(nint context);
}
