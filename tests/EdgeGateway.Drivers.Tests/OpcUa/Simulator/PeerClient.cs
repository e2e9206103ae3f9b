using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeGateway.Drivers.Tests.OpcUa.Simulator;

/// <summary>A client written by others (node-opcua) in a process of its own; the test is skipped where it is not installed, and fails where it is demanded.</summary>
internal static class PeerClient
{
    private static readonly string[] Folder = ["tests", "EdgeGateway.Drivers.Tests", "OpcUa", "Peer"];

    /// <summary>Runs one scenario of client.js; what it found, or what it failed with under "error".</summary>
    public static async Task<JsonNode> Run(string url, string scenario, object? options = null)
    {
        if (!Directory.Exists(Repository.PathOf([.. Folder, "node_modules", "node-opcua"])))
            RealParts.Lacking("node-opcua is not installed: npm ci --ignore-scripts in tests/EdgeGateway.Drivers.Tests/OpcUa/Peer");
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository.PathOf(Folder) };
        foreach (var argument in new[] { "client.js", folder.Path, url, scenario, JsonSerializer.Serialize(options ?? new { }) }) start.ArgumentList.Add(argument);
        Process process;
        try
        {
            process = Process.Start(start)!; // null only for shell documents
        }
        catch (Win32Exception e)
        {
            RealParts.Lacking($"node is not installed: {e.Message}");
            throw;
        }
        using (process)
        {
            var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            var result = (await said).Split('\n').LastOrDefault(line => line.StartsWith("result ", StringComparison.Ordinal));
            return result is null ? throw new InvalidOperationException($"node-opcua said {await said} {await complained}") : JsonNode.Parse(result[7..])!; // it is JSON, and not null
        }
    }
}
