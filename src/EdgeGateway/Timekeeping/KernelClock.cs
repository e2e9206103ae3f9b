using System.Runtime.InteropServices;

namespace EdgeGateway.Timekeeping;

/// <summary>What the Linux kernel was told about its clock by whoever disciplines it: <c>adjtimex(2)</c>, read only.</summary>
internal static partial class KernelClock
{
    /// <summary>STA_UNSYNC of <c>timex.h</c>.</summary>
    private const int Unsynchronised = 0x40;

    // struct timex: modes, then offset, freq, maxerror and esterror of one machine word each, then status; 208 bytes on 64 bits.
    private const int MostBytes = 512;

    /// <summary>True while a time service holds the clock, and the most it may be wrong in ms; null where there is no such call.</summary>
    public static (bool IsSynchronised, double MaxErrorMs)? Read()
    {
        if (!OperatingSystem.IsLinux()) return null;
        Span<byte> timex = stackalloc byte[MostBytes];
        timex.Clear();
        return AdjTimeX(ref MemoryMarshal.GetReference(timex)) < 0 ? null : Of(timex);
    }

    private static (bool IsSynchronised, double MaxErrorMs) Of(ReadOnlySpan<byte> timex)
    {
        var word = IntPtr.Size;
        long maxError = word == 8 ? MemoryMarshal.Read<long>(timex[(3 * word)..]) : MemoryMarshal.Read<int>(timex[(3 * word)..]);
        var status = MemoryMarshal.Read<int>(timex[(5 * word)..]);
        return ((status & Unsynchronised) == 0, maxError / 1000.0);
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int AdjTimeX(ref byte timex);
}
