using System.Formats.Asn1;
using System.Security.Cryptography;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>Files of the folder <c>pki</c>, which people fill: what is wrong with one is said with its name.</summary>
internal static class StoreFile
{
    /// <summary>The files of a folder; none where there is no such folder.</summary>
    /// <exception cref="OpcUaException">The folder cannot be listed.</exception>
    public static IReadOnlyList<string> In(string directory) =>
        Said(directory, () => Directory.Exists(directory) ? (IReadOnlyList<string>)[.. Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal)] : []);

    /// <summary>Reads one file.</summary>
    /// <exception cref="OpcUaException">It cannot be read, or is not what belongs there.</exception>
    public static T Read<T>(string path, Func<byte[], T> read) => Said(path, () => read(File.ReadAllBytes(path)));

    /// <summary>Does something to a file or folder; every way of failing becomes a message that names it.</summary>
    /// <exception cref="OpcUaException">It failed.</exception>
    public static T Said<T>(string path, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            throw new OpcUaException(StatusCodes.BadConfigurationError, $"{path} cannot be read as what belongs there ({e.Message}): mend it or move it away", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new OpcUaException(StatusCodes.BadConfigurationError, $"{path} is closed to this program ({e.Message}): give the account it runs under the right to use it", e);
        }
        catch (IOException e)
        {
            throw new OpcUaException(StatusCodes.BadConfigurationError, $"{path} cannot be used ({e.Message}): look whether it is in the way of something or in use, and whether the disk is well", e);
        }
    }
}
