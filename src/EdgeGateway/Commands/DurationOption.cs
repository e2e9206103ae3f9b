using System.CommandLine;
using EdgeGateway.Drivers;

namespace EdgeGateway.Commands;

/// <summary>A duration on the command line, written as in plant files: <c>20s</c>, <c>5m</c>.</summary>
internal static class DurationOption
{
    public static Option<TimeSpan?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "20s|5m|…",
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (DurationText.TryParse(text, out var duration) && duration > TimeSpan.Zero) return duration;
            result.AddError($"{name} {text}: expected a duration such as 20s, 5m or 1h");
            return null;
        },
    };
}
