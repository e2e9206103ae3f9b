using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace EdgeGateway.Evidence.Keys;

/// <summary>Keys in the key store of Windows (CNG), which do not leave it. They belong to the account that makes them: the service itself.</summary>
internal static class CngStore
{
    /// <summary>How a key of this kind is kept, as the birth says it.</summary>
    public const string KeptIn = "cng";

    public const string SoftwareProvider = "Microsoft Software Key Storage Provider";

    /// <summary>Makes a key on P-256 that cannot be exported.</summary>
    /// <exception cref="KeyUnavailableException">The store refuses, or this is not Windows.</exception>
    public static ECDsa Create(string name, string provider) => Guarded(name, () => OperatingSystem.IsWindows() ? CreateKey(name, provider) : null);

    /// <summary>Opens a key by its name.</summary>
    /// <exception cref="KeyUnavailableException">It is not there for this account, or this is not Windows.</exception>
    public static ECDsa Open(string name, string provider) => Guarded(name, () => OperatingSystem.IsWindows() ? OpenKey(name, provider) : null);

    private static ECDsa Guarded(string name, Func<ECDsa?> ask)
    {
        try
        {
            return ask() ?? throw new KeyUnavailableException($"the key {name} is in the key store of Windows, and this is another system");
        }
        catch (CryptographicException e)
        {
            throw new KeyUnavailableException($"the key {name} in the Windows key store cannot be used ({e.Message}): it belongs to the account that made it", e);
        }
    }

    [SupportedOSPlatform("windows")]
    private static ECDsaCng CreateKey(string name, string provider)
    {
        using var key = CngKey.Create(CngAlgorithm.ECDsaP256, name, new CngKeyCreationParameters
        {
            Provider = new CngProvider(provider),
            ExportPolicy = CngExportPolicies.None,
            KeyUsage = CngKeyUsages.Signing,
        });
        return new ECDsaCng(key);
    }

    [SupportedOSPlatform("windows")]
    private static ECDsaCng OpenKey(string name, string provider)
    {
        using var key = CngKey.Open(name, new CngProvider(provider));
        return new ECDsaCng(key);
    }
}
