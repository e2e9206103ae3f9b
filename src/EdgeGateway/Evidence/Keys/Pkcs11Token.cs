using System.Formats.Asn1;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace EdgeGateway.Evidence.Keys;

/// <summary>
/// One PKCS#11 token, asked over one session. Whatever goes wrong closes session and library, and the next question opens both again: a token that was
/// pulled out and put back is found so. Thread-safe; a slow token blocks its caller.
/// </summary>
internal sealed class Pkcs11Token(TokenSettings settings) : IDisposable
{
    // secp256r1 as CKA_EC_PARAMS wants it.
    private static readonly byte[] P256 = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
    private static readonly Lock Resolving = new();
    private static bool _isResolving;

    private readonly Lock _gate = new();
    private readonly Pkcs11InteropFactories _factories = new();
    private readonly Dictionary<string, IObjectHandle> _handles = new(StringComparer.Ordinal);
    private IPkcs11Library? _library;
    private ISession? _session;
    private byte[]? _refusedPin;

    /// <summary>Signs a SHA-256 with the private key of this CKA_ID: 64 bytes r‖s.</summary>
    /// <exception cref="KeyUnavailableException">The token or the key cannot be reached.</exception>
    public byte[] Sign(string id, byte[] digest) => Ask(session =>
    {
        if (!_handles.TryGetValue(id, out var key)) _handles[id] = key = Find(session, CKO.CKO_PRIVATE_KEY, id);
        using var mechanism = _factories.MechanismFactory.Create(CKM.CKM_ECDSA);
        return session.Sign(mechanism, key, digest);
    });

    /// <summary>The public point of the key pair of this CKA_ID.</summary>
    /// <exception cref="KeyUnavailableException">The token or the key cannot be reached.</exception>
    public ECPoint PublicPoint(string id) => Ask(session =>
    {
        var point = session.GetAttributeValue(Find(session, CKO.CKO_PUBLIC_KEY, id), [CKA.CKA_EC_POINT])[0].GetValueAsByteArray();
        return PointOf(point);
    });

    /// <summary>Makes a key pair on P-256 that cannot leave the token.</summary>
    /// <exception cref="KeyUnavailableException">The token cannot be reached, or refuses.</exception>
    public ECPoint Create(string id, string label) => Ask(session =>
    {
        var attribute = _factories.ObjectAttributeFactory;
        var raw = Convert.FromHexString(id);
        using var mechanism = _factories.MechanismFactory.Create(CKM.CKM_EC_KEY_PAIR_GEN);
        session.GenerateKeyPair(mechanism,
            [
                attribute.Create(CKA.CKA_TOKEN, true), attribute.Create(CKA.CKA_ID, raw), attribute.Create(CKA.CKA_LABEL, label),
                attribute.Create(CKA.CKA_VERIFY, true), attribute.Create(CKA.CKA_EC_PARAMS, P256),
            ],
            [
                attribute.Create(CKA.CKA_TOKEN, true), attribute.Create(CKA.CKA_PRIVATE, true), attribute.Create(CKA.CKA_ID, raw), attribute.Create(CKA.CKA_LABEL, label),
                attribute.Create(CKA.CKA_SENSITIVE, true), attribute.Create(CKA.CKA_EXTRACTABLE, false), attribute.Create(CKA.CKA_SIGN, true),
            ],
            out var publicKey, out _);
        return PointOf(session.GetAttributeValue(publicKey, [CKA.CKA_EC_POINT])[0].GetValueAsByteArray());
    });

    public void Dispose()
    {
        lock (_gate) CloseNeedsGate();
    }

    private T Ask<T>(Func<ISession, T> question)
    {
        lock (_gate)
        {
            try
            {
                return question(_session ??= OpenNeedsGate());
            }
            catch (Exception e) when (e is Pkcs11Exception or UnmanagedException or ObjectDisposedException or AsnContentException or CryptographicException)
            {
                CloseNeedsGate();
                throw new KeyUnavailableException($"the token {Name} does not answer as it should ({Reason(e)}): is it plugged in?", e);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or LibraryArchitectureException)
            {
                CloseNeedsGate();
                throw new KeyUnavailableException($"{settings.Library} is no PKCS#11 module for this computer ({e.Message}): correct signing.pkcs11-library", e);
            }
            catch (KeyUnavailableException)
            {
                CloseNeedsGate();
                throw;
            }
        }
    }

    private string Name => settings.Label.Length > 0 ? settings.Label : Path.GetFileName(settings.Library);

    private static string Reason(Exception e) => e is Pkcs11Exception token ? $"{token.Method}: {token.RV}" : e.Message;

    private ISession OpenNeedsGate()
    {
        ResolveSystemLibraries();
        var pin = Encoding.UTF8.GetBytes(settings.ReadPin());
        var fingerprint = SHA256.HashData(pin);
        // Each wrong PIN brings a token nearer to locking itself: the same one is not tried twice.
        if (_refusedPin is not null && fingerprint.AsSpan().SequenceEqual(_refusedPin))
            throw Refused(null);
        _library = _factories.Pkcs11LibraryFactory.LoadPkcs11Library(_factories, settings.Library, AppType.MultiThreaded);
        var session = TheSlot(_library).OpenSession(SessionType.ReadWrite);
        _session = session;
        try
        {
            session.Login(CKU.CKU_USER, pin);
        }
        catch (Pkcs11Exception e) when (e.RV is CKR.CKR_PIN_INCORRECT or CKR.CKR_PIN_INVALID or CKR.CKR_PIN_LEN_RANGE or CKR.CKR_PIN_LOCKED)
        {
            _refusedPin = fingerprint;
            throw Refused(e);
        }
        catch (Pkcs11Exception e) when (e.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            // Another session of this process has done it.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }
        return session;
    }

    private KeyUnavailableException Refused(Pkcs11Exception? e) =>
        new($"the token {Name} has refused its PIN; the same one is not tried again, or the token would lock itself. Correct it", e);

    private ISlot TheSlot(IPkcs11Library library)
    {
        var slots = library.GetSlotList(SlotsType.WithTokenPresent).Where(slot => slot.GetTokenInfo().TokenFlags.TokenInitialized).ToList();
        var labels = slots.Select(slot => slot.GetTokenInfo().Label.TrimEnd()).ToList();
        if (settings.Label.Length == 0)
            return slots.Count == 1 ? slots[0] : throw new KeyUnavailableException(
                $"{settings.Library} shows {slots.Count} tokens{Named(labels)}; name the one with the signing key in signing.token");
        var at = labels.IndexOf(settings.Label);
        return at >= 0 ? slots[at] : throw new KeyUnavailableException(
            $"no token labelled {settings.Label} is there; {settings.Library} shows {(labels.Count == 0 ? "none" : string.Join(", ", labels))}. Plug it in, or correct signing.token");
    }

    private static string Named(List<string> labels) => labels.Count == 0 ? "" : $" ({string.Join(", ", labels)})";

    private IObjectHandle Find(ISession session, CKO kind, string id)
    {
        var attribute = _factories.ObjectAttributeFactory;
        var found = session.FindAllObjects([attribute.Create(CKA.CKA_CLASS, kind), attribute.Create(CKA.CKA_ID, Convert.FromHexString(id))]);
        return found.Count == 1 ? found[0] : throw new KeyUnavailableException(
            $"the token {Name} holds {found.Count} {(kind == CKO.CKO_PRIVATE_KEY ? "private" : "public")} keys of id {id}, expected one: is it the right token?");
    }

    /// <summary>An uncompressed point, in the OCTET STRING that the standard asks for or bare as some tokens give it.</summary>
    private static ECPoint PointOf(byte[] value)
    {
        var point = value.Length == 65 ? value : AsnDecoder.ReadOctetString(value, AsnEncodingRules.BER, out _);
        if (point.Length != 65 || point[0] != 4) throw new KeyUnavailableException("the token's key is not on P-256; make one with keys init or keys rotate");
        return new ECPoint { X = point[1..33], Y = point[33..] };
    }

    private void CloseNeedsGate()
    {
        _handles.Clear();
        try
        {
            _session?.Dispose();
            _library?.Dispose();
        }
        catch (Exception e) when (e is Pkcs11Exception or UnmanagedException)
        {
            // A token that is gone cannot be told goodbye.
        }
        _session = null;
        _library = null;
    }

    // The package asks for "libdl", which has a version in its name on today's Linux.
    private static void ResolveSystemLibraries()
    {
        lock (Resolving)
        {
            if (_isResolving || !OperatingSystem.IsLinux()) return;
            NativeLibrary.SetDllImportResolver(typeof(Pkcs11InteropFactories).Assembly, Resolve);
            _isResolving = true;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? paths) =>
        name == "libdl" && NativeLibrary.TryLoad("libdl.so.2", out var library) ? library : 0;
}
