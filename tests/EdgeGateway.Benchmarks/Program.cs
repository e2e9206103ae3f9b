using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using EdgeGateway.Benchmarks;

// "endtoend", "durable", "sustained", "backlog", "field" and "opcua" print their own lines ("platform", "slave" and "opcua-client" are other ends); everything else is BenchmarkDotNet (--filter, --list, …).
if (args is ["endtoend", .. var rest]) return await EndToEnd.RunAsync(rest).ConfigureAwait(false);
if (args is ["durable", ..]) return DurableAppend.Run();
if (args is ["sustained", .. var million]) return await Sustained.RunAsync(million).ConfigureAwait(false);
if (args is ["backlog", .. var segments]) return await Backlog.RunAsync(segments).ConfigureAwait(false);
if (args is ["field", .. var part]) return await FieldReads.RunAsync(part.FirstOrDefault()).ConfigureAwait(false);
if (args is ["opcua", .. var opcua]) return await OpcUaReads.RunAsync(opcua).ConfigureAwait(false);
if (args is ["opcua-client", .. var client]) return await OpcUaClientProcess.BeOneAsync(client).ConfigureAwait(false);
if (args is ["slave", var port, var kind, var delay]) return await SlaveProcess.BeOneAsync(port, kind, delay).ConfigureAwait(false);
if (args is ["platform"]) return await PlatformProcess.BeOneAsync().ConfigureAwait(false);
BenchmarkSwitcher.FromAssembly(typeof(HotPath).Assembly).Run(args, DefaultConfig.Instance);
return 0;
