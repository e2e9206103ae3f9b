using System.Text;

namespace EdgeGateway.SystemTests.FaultProgramme;

/// <summary>I11: a secret is in no log, no captured line and no file of the state folder.</summary>
internal static class SecretCheck
{
    public static IEnumerable<string> Judge(RoundHistory.Secret secret, ReceiverLedger receiver)
    {
        var bytes = Encoding.UTF8.GetBytes(secret.Text);
        if (secret.Said().Contains(secret.Text, StringComparison.Ordinal)) yield return "I11: the secret is in the log";
        if (receiver.Times(bytes) > 0) yield return "I11: the secret was published";
        foreach (var file in Directory.EnumerateFiles(secret.Folder(), "*", SearchOption.AllDirectories))
            if (File.ReadAllBytes(file).AsSpan().IndexOf(bytes) >= 0) yield return $"I11: the secret is in {file}";
    }
}
