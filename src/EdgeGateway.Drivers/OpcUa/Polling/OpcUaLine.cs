using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeGateway.Drivers.OpcUa.Client;

namespace EdgeGateway.Drivers.OpcUa.Polling;

/// <summary>What a site says of one server: how to talk to it and as whom. Secrets stay in their files until a connection needs them.</summary>
internal sealed class OpcUaLine : LineSettings
{
    public EndpointChoice Endpoint { get; init; } = new();

    public string? UserName { get; init; }

    /// <summary>Holds the password on its first line.</summary>
    public string? PasswordFile { get; init; }

    public string? UserCertificateFile { get; init; }

    public string? UserKeyFile { get; init; }

    public bool IgnoreHost { get; init; }

    public bool AllowExpired { get; init; }

    public bool AllowOldRevocationList { get; init; }

    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Who the user is, from the files as they are now.</summary>
    /// <exception cref="OpcUaException">A file cannot be used; the message names it.</exception>
    public UserIdentity ReadUser()
    {
        if (UserCertificateFile is { } certificate)
            return new UserIdentity.Certified(Read(certificate, () => X509Certificate2.CreateFromPemFile(certificate, UserKeyFile)));
        if (UserName is not { } name) return new UserIdentity.Anonymous();
        return new UserIdentity.Named(name, PasswordFile is { } file ? Read(file, () => File.ReadLines(file).FirstOrDefault() ?? "") : "");
    }

    private static T Read<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new OpcUaException(StatusCodes.BadConfigurationError, $"{file} cannot be read as what it is named for: {e.Message}. Put the right file there, readable by the account this program runs under", e);
        }
    }
}
