using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using EdgeGateway.Benchmarks;

// "endtoend" drives the built gateway as its own process; everything else is BenchmarkDotNet (--filter, --list, …).
if (args is ["endtoend", .. var rest]) return await EndToEnd.RunAsync(rest).ConfigureAwait(false);
if (args is ["durable", ..]) return DurableAppend.Run();
BenchmarkSwitcher.FromAssembly(typeof(HotPath).Assembly).Run(args, DefaultConfig.Instance);
return 0;
