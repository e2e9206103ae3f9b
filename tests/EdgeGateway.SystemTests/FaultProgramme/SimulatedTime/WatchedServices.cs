using EdgeGateway.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeGateway.SystemTests.FaultProgramme.SimulatedTime;

/// <summary>Puts a <see cref="WatchedOutbox"/> around the gateway's outbox as its parts are put together, and shows the channel between two of them.</summary>
internal sealed class WatchedServices : IServiceProviderFactory<IServiceCollection>
{
    public WatchedOutbox Outbox { get; private set; } = null!; // once the host is built

    public ReadingChannel Channel { get; private set; } = null!; // likewise

    public IServiceCollection CreateBuilder(IServiceCollection services)
    {
        Outbox = new WatchedOutbox((IOutbox)InstanceOf(services, typeof(IOutbox)));
        Channel = (ReadingChannel)InstanceOf(services, typeof(ReadingChannel));
        return services.AddSingleton<IOutbox>(Outbox);
    }

    public IServiceProvider CreateServiceProvider(IServiceCollection containerBuilder) => containerBuilder.BuildServiceProvider();

    private static object InstanceOf(IServiceCollection services, Type type) =>
        services.Last(service => service.ServiceType == type).ImplementationInstance ?? throw new InvalidOperationException($"{type.Name} is no instance any more: the harness has to watch it in another way");
}
