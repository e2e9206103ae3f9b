using EdgeGateway.Config;

namespace EdgeGateway.Uplink;

/// <summary>The broker's password, read from its file for each connection and kept nowhere.</summary>
internal static class BrokerPassword
{
    /// <exception cref="LinkLostException">The file cannot be read; the message names it.</exception>
    public static string Read(BrokerSettings broker)
    {
        if (broker.PasswordFile is not { } file) return "";
        try
        {
            return File.ReadLines(file).FirstOrDefault() ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LinkLostException($"password file {file}: {e.Message}", e);
        }
    }
}
