using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;

namespace EdgeGateway.Drivers.OpcUa.Security;

/// <summary>A list of certificates that their issuer took back (RFC 5280, 5.1).</summary>
internal sealed class RevocationList
{
    private static readonly Asn1Tag Extensions = new(TagClass.ContextSpecific, 0);

    // Whatever else is critical says that the list does not speak for all certificates of its issuer, or not by itself (RFC 5280, 5.2 and 5.3).
    private static readonly HashSet<string> Understood = ["2.5.29.20", "2.5.29.35", "2.5.29.21", "2.5.29.24"]; // number, issuer's key; reason, invalidity date

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
        ReadTime(list);
        if (list.HasData && (list.PeekTag() == Asn1Tag.UtcTime || list.PeekTag() == Asn1Tag.GeneralizedTime)) NextUpdate = ReadTime(list);
        if (list.HasData && list.PeekTag() == Asn1Tag.Sequence) ReadEntries(list.ReadSequence());
        if (list.HasData && list.PeekTag().HasSameClassAndValue(Extensions)) ReadExtensions(list.ReadSequence(Extensions).ReadSequence());
    }

    /// <summary>When its issuer makes the next one at the latest; null if the list does not say so.</summary>
    public DateTimeOffset? NextUpdate { get; }

    /// <summary>The number of a critical extension that is not understood here: the list must not be relied on. Null if there is none.</summary>
    public string? Foreign { get; private set; }

    /// <summary>Reads a list.</summary>
    /// <exception cref="AsnContentException">It is none in DER.</exception>
    public static RevocationList Read(byte[] der) => new(der);

    /// <summary>True if it speaks for the certificates of <paramref name="issuer"/>.</summary>
    public bool IsOf(X509Certificate2 issuer) => issuer.SubjectName.RawData.AsSpan().SequenceEqual(_issuer) && _signed.IsSignedBy(issuer);

    public bool Contains(X509Certificate2 certificate) => _serials.Contains(new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: false, isBigEndian: true));

    private static DateTimeOffset ReadTime(AsnReader reader) => reader.PeekTag() == Asn1Tag.UtcTime ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();

    private void ReadEntries(AsnReader entries)
    {
        while (entries.HasData)
        {
            var entry = entries.ReadSequence();
            _serials.Add(entry.ReadInteger());
            ReadTime(entry);
            if (entry.HasData) ReadExtensions(entry.ReadSequence());
        }
    }

    private void ReadExtensions(AsnReader extensions)
    {
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            var number = extension.ReadObjectIdentifier();
            var isCritical = extension.PeekTag() == Asn1Tag.Boolean && extension.ReadBoolean();
            if (isCritical && !Understood.Contains(number)) Foreign ??= number;
        }
    }
}
