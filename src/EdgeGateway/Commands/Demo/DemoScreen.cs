using System.Globalization;

namespace EdgeGateway.Commands.Demo;

/// <summary>Shows the demo's state: a calm block that stays in place on a terminal, one line every five seconds elsewhere.</summary>
internal sealed class DemoScreen(bool isTerminal)
{
    private int _linesShown;
    private int _calls;

    /// <summary>Something worth a line of its own, above the block.</summary>
    public void Say(string text)
    {
        Erase();
        Console.WriteLine(text);
    }

    public void Show(DemoState state)
    {
        if (!isTerminal)
        {
            if (_calls++ % 5 == 0) Console.WriteLine(OneLine(state));
            return;
        }
        Erase();
        var lines = Block(state);
        foreach (var line in lines) Console.WriteLine(Fit(line, Console.WindowWidth));
        _linesShown = lines.Count;
    }

    private static string OneLine(DemoState s) => string.Create(CultureInfo.InvariantCulture,
        $"{s.Elapsed.TotalSeconds,4:0} s  signals {s.Signals}  readings/s {s.ReadingsPerSecond:0}  good {s.GoodShare:P1}  outbox {s.Undelivered}  published {s.Published}  verified {s.Verified}  aggregates {s.Aggregates}  alerts {s.Alerts}  lines up {s.LinesUp}/{s.Lines}  uplink {(s.IsUplinkUp ? "up" : "down")}{(s.Minute is { } minute ? $"  minute {minute}" : "")}");

    private static List<string> Block(DemoState s) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"  time        {s.Elapsed:mm\\:ss}{(s.Broken is { } broken ? $"   broken on purpose: {broken}" : "")}"),
        string.Create(CultureInfo.InvariantCulture, $"  plant       {s.Signals} signals on {s.LinesUp}/{s.Lines} lines, {s.ReadingsPerSecond:0} readings/s, {s.GoodShare:P1} good"),
        string.Create(CultureInfo.InvariantCulture, $"  outbox      {s.Undelivered} segments wait, {s.StoredBytes / 1024.0:0} KiB on disk"),
        $"  uplink      {(s.IsUplinkUp ? "up  " : "DOWN")} {Shorten(s.Uplink, 90)}",
        string.Create(CultureInfo.InvariantCulture, $"  published   {s.Published} segments"),
        string.Create(CultureInfo.InvariantCulture, $"  verified    {s.Verified} payloads, {s.VerifiedReadings} readings, {s.Missing} missing, {s.Duplicates} sent twice"),
        string.Create(CultureInfo.InvariantCulture, $"  aggregates  {s.Aggregates} payloads{(s.Minute is { } minute ? $", newest minute {minute}" : "; the first minute is sealed 20 s after it ends")}"),
        string.Create(CultureInfo.InvariantCulture, $"  alerts      {s.Alerts}"),
    ];

    // A line that wraps takes two rows, and erasing would miss one. A width of 0 is a terminal that does not tell.
    private static string Fit(string line, int columns) => columns > 1 && line.Length >= columns ? Shorten(line, columns - 2) : line;

    private static string Shorten(string text, int most) => text.Length <= most ? text : text[..most] + "…";

    private void Erase()
    {
        if (_linesShown > 0) Console.Write($"\u001b[{_linesShown}A\u001b[J");
        _linesShown = 0;
    }
}
