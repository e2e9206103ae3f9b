using EdgeGateway.Evidence;

namespace EdgeGateway.Tests.Evidence;

public sealed class SigningKeyFileTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("edgegateway-keys-").FullName, "keys");

    private string KeyPath => Path.Combine(_folder, SigningKeyFile.KeyName);

    [Fact]
    public void A_key_is_made_once_and_found_again()
    {
        using var made = Load();
        using var found = Load();
        Assert.Equal(made.KeyId, found.KeyId);
        using var trusted = TrustedKeys.Load(Path.Combine(_folder, SigningKeyFile.CertificateName));
        Assert.Equal(made.KeyId, Assert.Single(trusted.KeyIds));
    }

    [Fact]
    public void Only_its_owner_may_read_a_new_key()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("file modes are those of Linux");
            return; // the platform analyzer does not know that Skip throws
        }
        using var key = Load();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_key_that_others_can_read_or_write_is_refused(UnixFileMode open)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("file modes are those of Linux");
            return; // the platform analyzer does not know that Skip throws
        }
        Load().Dispose();
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | open);
        var refusal = Assert.Throws<SigningKeyException>(Load);
        Assert.Contains(KeyPath, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("chmod 600", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_no_key_is_refused_by_name()
    {
        Load().Dispose();
        File.WriteAllText(KeyPath, "nothing");
        Assert.Contains(KeyPath, Assert.Throws<SigningKeyException>(Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_is_none_is_refused_by_its_own_name()
    {
        Load().Dispose();
        var certificate = Path.Combine(_folder, SigningKeyFile.CertificateName);
        File.WriteAllText(certificate, "");
        Assert.StartsWith(certificate, Assert.Throws<SigningKeyException>(Load).Message, StringComparison.Ordinal);
        File.Delete(certificate);
        Load().Dispose();
    }

    [Fact]
    public void On_Windows_only_its_user_the_system_and_administrators_may_use_a_new_key()
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Skip("access lists are those of Windows");
            return; // the platform analyzer does not know that Skip throws
        }
        using var key = Load();
        var security = new FileInfo(KeyPath).GetAccessControl();
        Assert.True(security.AreAccessRulesProtected);
        Assert.InRange(security.GetAccessRules(includeExplicit: true, includeInherited: true, typeof(System.Security.Principal.SecurityIdentifier)).Count, 2, 3);
    }

    [Fact]
    public void A_certificate_of_another_key_is_refused()
    {
        Load().Dispose();
        File.Delete(KeyPath);
        var certificate = File.ReadAllText(Path.Combine(_folder, SigningKeyFile.CertificateName));
        Load().Dispose();
        File.WriteAllText(Path.Combine(_folder, SigningKeyFile.CertificateName), certificate);
        Assert.Contains("does not belong to", Assert.Throws<SigningKeyException>(Load).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    private Es256Signer Load() => SigningKeyFile.LoadOrCreate(_folder, "plant/gw-1", TimeProvider.System);
}
