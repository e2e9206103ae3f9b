using System.Net;
using System.Net.Sockets;
using EdgeGateway.PlantSimulator;

namespace EdgeGateway.Drivers.Tests.PlantSimulator;

public sealed class LinkFaultTests : IAsyncLifetime
{
    private readonly TcpListener _target = new(IPAddress.Loopback, 0);
    private LinkFault _link = null!; // set before each test

    public ValueTask InitializeAsync()
    {
        _target.Start();
        _link = new LinkFault((IPEndPoint)_target.LocalEndpoint);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        _target.Dispose();
    }

    [Fact]
    public async Task Pass_forwards_both_ways_and_counts()
    {
        using var near = await RawMaster.To(_link.EndPoint);
        using var far = await _target.AcceptSocketAsync();
        await near.Send(1, 2, 3);
        Assert.Equal(new byte[] { 1, 2, 3 }, await Receive(far, 3));
        await far.SendAsync(new byte[] { 9, 8 });
        Assert.Equal(new byte[] { 9, 8 }, await near.Read(2));
        await Eventually.Is(() => (_link.BytesUp, _link.BytesDown) == (3, 2), "the bytes are counted");
    }

    [Fact]
    public async Task An_orderly_end_goes_through_as_one()
    {
        using var near = await RawMaster.To(_link.EndPoint);
        using var far = await _target.AcceptSocketAsync();
        await far.SendAsync(new byte[] { 7 });
        far.Shutdown(SocketShutdown.Send);
        Assert.Equal(new byte[] { 7 }, await near.Read(1));
        Assert.Equal(SocketError.Success, await near.End());
        await near.Send(5);
        Assert.Equal(new byte[] { 5 }, await Receive(far, 1));
    }

    [Fact]
    public async Task A_black_hole_lets_nothing_through_and_afterwards_everything_in_order()
    {
        using var near = await RawMaster.To(_link.EndPoint);
        using var far = await _target.AcceptSocketAsync();
        await near.Send(1);
        await Receive(far, 1);
        _link.Mode = LinkMode.BlackHole;
        await near.Send(2);
        await far.SendAsync(new byte[] { 3 });
        using var newcomer = await RawMaster.To(_link.EndPoint);
        await newcomer.Send(4);
        await Eventually.Is(() => _link.Connections == 2, "the newcomer is accepted");
        Assert.False(_target.Pending());
        Assert.Equal((0, 0, 0), (far.Available, near.Available, newcomer.Available));
        Assert.Equal((1, 0), (_link.BytesUp, _link.BytesDown));
        _link.Mode = LinkMode.Pass;
        Assert.Equal(new byte[] { 2 }, await Receive(far, 1));
        Assert.Equal(new byte[] { 3 }, await near.Read(1));
        using var farNewcomer = await _target.AcceptSocketAsync();
        Assert.Equal(new byte[] { 4 }, await Receive(farNewcomer, 1));
    }

    [Fact]
    public async Task Refuse_closes_what_comes_and_leaves_what_is_open()
    {
        using var near = await RawMaster.To(_link.EndPoint);
        using var far = await _target.AcceptSocketAsync();
        _link.Mode = LinkMode.Refuse;
        using var newcomer = await RawMaster.To(_link.EndPoint);
        Assert.Equal(SocketError.Success, await newcomer.End());
        await near.Send(6);
        Assert.Equal(new byte[] { 6 }, await Receive(far, 1));
        Assert.Equal(2, _link.Accepted);
    }

    [Theory]
    [InlineData("Pass")]
    [InlineData("BlackHole")]
    public async Task Cut_resets_both_ends_and_closes_what_comes(string before)
    {
        using var near = await RawMaster.To(_link.EndPoint);
        using var far = await _target.AcceptSocketAsync();
        _link.Mode = Enum.Parse<LinkMode>(before);
        _link.Mode = LinkMode.Cut;
        Assert.Equal(SocketError.ConnectionReset, await near.End());
        Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(() => Receive(far, 1))).SocketErrorCode);
        using var newcomer = await RawMaster.To(_link.EndPoint);
        Assert.Equal(SocketError.Success, await newcomer.End());
        await Eventually.Is(() => _link.Connections == 0, "nothing is left");
        _link.Mode = LinkMode.Pass;
        using var again = await RawMaster.To(_link.EndPoint);
        using var farAgain = await _target.AcceptSocketAsync();
        await again.Send(1);
        Assert.Equal(new byte[] { 1 }, await Receive(farAgain, 1));
    }

    [Fact]
    public async Task A_target_that_is_not_there_resets_the_asker_and_a_new_target_is_taken()
    {
        var real = _link.Target;
        // Bound, so that nobody else can take the port, but not listening.
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _link.Target = (IPEndPoint)deaf.LocalEndPoint!; // bound just now
        Assert.Equal(SocketError.ConnectionReset, await ConnectAndEnd());
        _link.Target = real;
        using var again = await RawMaster.To(_link.EndPoint);
        using var far = await _target.AcceptSocketAsync();
        await again.Send(1);
        Assert.Equal(new byte[] { 1 }, await Receive(far, 1));
    }

    [Fact]
    public async Task A_reset_on_one_side_is_a_reset_on_the_other()
    {
        using var near = await RawMaster.To(_link.EndPoint);
        var far = await _target.AcceptSocketAsync();
        far.Close(0);
        Assert.Equal(SocketError.ConnectionReset, await near.End());
    }

    // The reset may come before the asker has heard that it is connected.
    private async Task<SocketError> ConnectAndEnd()
    {
        try
        {
            using var near = await RawMaster.To(_link.EndPoint);
            return await near.End();
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    private static async Task<byte[]> Receive(Socket socket, int count)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience, TimeProvider.System);
        var bytes = new byte[count];
        Assert.Equal(count, await socket.ReceiveAsync(bytes, SocketFlags.None, patience.Token));
        return bytes;
    }
}
