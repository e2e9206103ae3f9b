namespace EdgeGateway.Uplink;

/// <summary>
/// Which segments may be what costs the connection, and how often one of them did while nothing else was under way. Outlives connections. A link that
/// is just bad convicts nobody: only a segment that was alone on a connection which had just carried others has its loss counted, three in a row.
/// </summary>
internal sealed class Suspicion
{
    /// <summary>Lost connections in a row, each with the suspect alone under way.</summary>
    public const int Convicting = 3;

    private readonly List<SegmentName> _suspects = [];
    private HashSet<SegmentName> _unanswered = [];
    private bool _isAlone;
    private int _strikes;

    /// <summary>The one to be looked at alone next; null if nobody is suspected.</summary>
    public SegmentName? Suspect => _suspects.Count > 0 ? _suspects[0] : null;

    /// <summary>The connection has just carried others, and the suspect is sent now, with nothing else under way.</summary>
    public void SentAlone() => _isAlone = true;

    /// <summary>The connection outlived the suspect, or the suspect is gone: on to the next one.</summary>
    public void Acquit()
    {
        (_isAlone, _strikes) = (false, 0);
        if (_suspects.Count > 0) _suspects.RemoveAt(0);
    }

    /// <summary>A connection is lost. Returns the segment that is convicted by that; null for none.</summary>
    /// <param name="remedy">What the loss calls for.</param>
    /// <param name="unanswered">What was under way, in the order in which it was sent.</param>
    public SegmentName? Lost(Remedy remedy, IReadOnlyCollection<SegmentName> unanswered)
    {
        var points = remedy is Remedy.LookCloser or Remedy.FindTheCulprit;
        if (Suspect is { } suspect)
        {
            _strikes = _isAlone && points ? _strikes + 1 : 0;
            _isAlone = false;
            if (_strikes < Convicting) return null;
            Acquit();
            return suspect;
        }
        if (remedy == Remedy.FindTheCulprit) _suspects.AddRange(unanswered);
        else if (points) _suspects.AddRange(unanswered.Where(_unanswered.Contains));
        _unanswered = points ? [.. unanswered] : [];
        return null;
    }
}
