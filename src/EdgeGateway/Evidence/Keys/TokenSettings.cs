namespace EdgeGateway.Evidence.Keys;

/// <summary>Which PKCS#11 token holds the signing keys, and where its PIN comes from.</summary>
/// <param name="Library">The token's PKCS#11 module.</param>
/// <param name="Label">The token's label; empty takes the only token there is.</param>
/// <param name="PinFile">File with the PIN on its first line; null for the systemd credential or the environment.</param>
internal sealed record TokenSettings(string Library, string Label, string? PinFile)
{
    /// <summary>Name of the systemd credential that holds the PIN.</summary>
    public const string Credential = "edgegateway-pin";

    /// <summary>Environment variable that holds the PIN where there is neither file nor credential.</summary>
    public const string Variable = "EDGEGATEWAY_PIN";

    /// <summary>The PIN, read anew each time and kept nowhere.</summary>
    /// <exception cref="KeyUnavailableException">There is none, or it cannot be read.</exception>
    public string ReadPin()
    {
        var credential = Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } folder ? Path.Combine(folder, Credential) : null;
        var file = PinFile ?? (credential is not null && File.Exists(credential) ? credential : null);
        try
        {
            var pin = file is not null ? File.ReadLines(file).FirstOrDefault()?.Trim() : Environment.GetEnvironmentVariable(Variable);
            if (!string.IsNullOrEmpty(pin)) return pin;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyUnavailableException($"the PIN file {file} cannot be read ({e.Message}): check signing.pin-file and its rights", e);
        }
        throw new KeyUnavailableException(file is not null
            ? $"the PIN file {file} is empty: write the token's PIN on its first line"
            : $"no PIN for the token: set signing.pin-file, give systemd the credential {Credential}, or set ${Variable}");
    }
}
