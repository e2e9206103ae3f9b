using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>A list of certificates that their issuer took back (RFC 5280, 5.1).</summary>
internal sealed class RevocationList
{
    private readonly SignedDer _signed;
    private readonly HashSet<BigInteger> _serials = [];
    private readonly byte[] _issuer;

    private RevocationList(byte[] der)
    {
        _signed = new SignedDer(der);
        var list = new AsnReader(der, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        if (list.PeekTag() == Asn1Tag.Integer) list.ReadInteger(); // the version
        list.ReadSequence();
        _issuer = list.ReadEncodedValue().ToArray();
        SkipTime(list);
        if (list.HasData && list.PeekTag().TagClass == TagClass.Universal && list.PeekTag() != Asn1Tag.Sequence) SkipTime(list);
        if (!list.HasData || list.PeekTag() != Asn1Tag.Sequence) return;
        var entries = list.ReadSequence();
        while (entries.HasData) _serials.Add(entries.ReadSequence().ReadInteger());
    }

    /// <summary>Reads a list as DER.</summary>
    /// <exception cref="CryptographicException">It is none; the message names the file.</exception>
    public static RevocationList Load(string path)
    {
        try
        {
            return new RevocationList(File.ReadAllBytes(path));
        }
        catch (AsnContentException e)
        {
            throw new CryptographicException($"{path} is no revocation list in DER", e);
        }
    }

    /// <summary>True if it speaks for the certificates of <paramref name="issuer"/>.</summary>
    public bool IsOf(X509Certificate2 issuer) => issuer.SubjectName.RawData.AsSpan().SequenceEqual(_issuer) && _signed.IsSignedBy(issuer);

    public bool Contains(X509Certificate2 certificate) => _serials.Contains(new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: false, isBigEndian: true));

    private static void SkipTime(AsnReader reader) => reader.ReadEncodedValue();
}
