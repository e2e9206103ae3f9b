using System.Runtime.InteropServices;

namespace EdgeGateway.Drivers.Links;

/// <summary>
/// The calls and numbers of Linux for terminals, as x86-64 and arm64 have them (asm-generic/termbits.h, ioctls.h). Pure declarations; what they
/// mean together stands in <see cref="SerialPortFile"/>.
/// </summary>
internal static partial class Tty
{
    public const int ReadWrite = 2, NoControllingTerminal = 0x100, NonBlocking = 0x800, CloseOnExec = 0x80000;
    public const int NoEntry = 2, IoError = 5, NoDevice = 6, TryAgain = 11, NoRight = 13, IsBusy = 16, NoSuchDevice = 19, NotPermitted = 1, NotATerminal = 25, Interrupted = 4;
    public const uint MakeExclusive = 0x540C, EndExclusive = 0x540D, SetModemLines = 0x5416, ClearModemLines = 0x5417, CountInput = 0x541B, GetSerial = 0x541E, SetSerial = 0x541F, SetRs485 = 0x542F;
    public const int LineDtr = 0x002, LineRts = 0x004;
    public const int LockExclusive = 2, LockWithoutWaiting = 4;
    public const int SetNow = 0, FlushBoth = 2;
    public const short CanRead = 1;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int file, ref byte buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int file, ref byte buffer, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(ref Watched first, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFile(uint start, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(int file, int operation);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int GetSettings(int file, ref Settings settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int SetSettings(int file, int when, ref Settings settings);

    [LibraryImport("libc", EntryPoint = "cfsetspeed", SetLastError = true)]
    public static partial int SetSpeed(ref Settings settings, uint speed);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    public static partial void MakeRaw(ref Settings settings);

    [LibraryImport("libc", EntryPoint = "tcflush", SetLastError = true)]
    public static partial int Flush(int file, int queues);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int file, nuint request, ref int argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int file, nuint request, ref SerialFacts argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int file, nuint request, ref Rs485 argument);

    /// <summary>The system's code for a speed in bits per second (bits/termios-baud.h).</summary>
    public static uint SpeedCode(int baud) => baud switch
    {
        300 => 7,
        600 => 8,
        1200 => 9,
        1800 => 10,
        2400 => 11,
        4800 => 12,
        9600 => 13,
        19200 => 14,
        38400 => 15,
        57600 => 0x1001,
        115200 => 0x1002,
        230400 => 0x1003,
        460800 => 0x1004,
        500000 => 0x1005,
        576000 => 0x1006,
        921600 => 0x1007,
        1000000 => 0x1008,
        _ => throw new ArgumentOutOfRangeException(nameof(baud), baud, "not a speed of SerialAddress.Speeds"),
    };

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Watched
    {
        public int File;
        public short Events;
        public short Returned;
    }

    /// <summary>struct termios of glibc and musl.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Settings
    {
        public const uint CheckParity = 0x10, Data7 = 0x20, Data8 = 0x30, DataMask = 0x30, TwoStops = 0x40, Receive = 0x80, Parity = 0x100, Odd = 0x200,
            HangUpOnClose = 0x400, IgnoreModem = 0x800, HardwareFlow = 0x80000000;

        public uint Input;
        public uint Output;
        public uint Control;
        public uint Local;
        public byte Discipline;
        public Characters Special;
        public uint InputSpeed;
        public uint OutputSpeed;
    }

    /// <summary>The special characters of <see cref="Settings"/>.</summary>
    [System.Runtime.CompilerServices.InlineArray(32)]
    public struct Characters
    {
        private byte _first;
    }

    /// <summary>struct serial_struct; only the flags are of interest.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SerialFacts
    {
        public const int LowLatency = 1 << 13;

        public int Type;
        public int Line;
        public uint Port;
        public int Interrupt;
        public int Flags;
        public Rest Others;
    }

    /// <summary>struct serial_rs485 (linux/serial.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Rs485
    {
        public const uint IsOn = 1, RtsWhileSending = 2;

        public uint Flags;
        public uint MillisecondsBefore;
        public uint MillisecondsAfter;
        public Padding Others;
    }

    /// <summary>What <see cref="Rs485"/> keeps free.</summary>
    [System.Runtime.CompilerServices.InlineArray(5)]
    public struct Padding
    {
        private uint _first;
    }

    /// <summary>What <see cref="SerialFacts"/> holds behind the flags, with room to spare.</summary>
    [System.Runtime.CompilerServices.InlineArray(16)]
    public struct Rest
    {
        private long _first;
    }
}
