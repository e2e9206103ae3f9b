using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Evidence.Keys;
using EdgeGateway.Outbox;

namespace EdgeGateway.Commands;

/// <summary>From what the site says about signing to the keys of a state folder.</summary>
internal static class SigningSetup
{
    /// <summary>The key folder of a gateway.</summary>
    public static KeyFolder FolderOf(SigningSettings signing, string stateFolder, TimeProvider time) => new(Path.Combine(stateFolder, "keys"), OrderOf(signing), time);

    /// <summary>Opens the keys, or makes those that were never there.</summary>
    /// <exception cref="SigningKeyException">They cannot be used; the message says which and what to do.</exception>
    public static LineSigner Open(Plant plant, KeyFolder folder, LiteDbOutbox outbox, TimeProvider time)
    {
        var keys = folder.Open($"{plant.Site}/{plant.Gateway}", outbox.Keys, SealedBy(outbox));
        var signer = new LineSigner(keys, time, plant.Signing.WaitsWhenExpired);
        foreach (var former in folder.Former()) signer.AddFormer(former);
        return signer;
    }

    private static KeyOrder OrderOf(SigningSettings signing) => new(
        signing.Profile switch
        {
            SigningProfile.Sm2Sm3 => [SignatureAlgorithm.Sm2Sm3],
            SigningProfile.Both => [SignatureAlgorithm.Es256, SignatureAlgorithm.Sm2Sm3],
            _ => [SignatureAlgorithm.Es256],
        },
        signing.Key,
        signing.TokenModule is { } module ? new TokenSettings(module, signing.Token, signing.PinFile) : null,
        signing.Sm2UserId ?? SignatureAlgorithm.DefaultUserId,
        signing.CngProvider ?? CngStore.SoftwareProvider);

    /// <summary>Whose signatures the newest stored line bears or waits for: a used store whose keys are gone goes on under their names, not under others.</summary>
    private static IReadOnlyList<(string Algorithm, string KeyId)> SealedBy(LiteDbOutbox outbox)
    {
        try
        {
            foreach (var stream in Streams.InOrderOfUrgency)
            {
                var newest = outbox.Tail(stream).Sequence;
                if (newest == 0 || outbox.Stored(stream, newest, newest, 1) is not [{ } segment] || !Envelope.TryParse(segment.Line, out var parts)) continue;
                return [.. parts.Signatures.Select(signature => (signature.Algorithm, signature.KeyId))];
            }
            return [];
        }
        catch (IOException e)
        {
            throw new OutboxException($"the newest segment cannot be read: {e.Message}", e);
        }
    }
}
