using System.Buffers.Binary;
using System.Net.Sockets;
using EdgeGateway.Drivers.OpcUa;
using EdgeGateway.Drivers.OpcUa.Client;
using EdgeGateway.PlantSimulator.OpcUa;

namespace EdgeGateway.Drivers.Tests.OpcUa.Simulator;

/// <summary>Clients that send what no client may: each costs the simulated server little, is told why, and disturbs nobody else.</summary>
public sealed class SimulatorHostilityTests
{
    [Theory]
    [InlineData(0xFFFF_FFFF)]
    [InlineData(65_537)]
    [InlineData(3)]
    public async Task A_chunk_of_impossible_size_ends_the_conversation(uint size)
    {
        await using var dcs = await SimulatedDcs.Start();
        using var client = await RawClient.Open(dcs);
        byte[] head = [.. "MSGF"u8, .. BitConverter.GetBytes(size), 0, 0, 0, 0];
        await client.Stream.WriteAsync(head);
        Assert.Equal(UaStatus.BadTcpMessageTooLarge, await client.Error());
    }

    [Fact]
    public async Task A_request_without_an_end_is_cut_off_at_the_limit()
    {
        await using var dcs = await SimulatedDcs.Start(new ServerSettings { MaxRequest = 200_000 });
        using var client = await RawClient.Open(dcs);
        try
        {
            for (var chunk = 0; chunk < 20; chunk++) await client.Stream.WriteAsync(client.Chunk("MSGC", new byte[60_000]));
        }
        catch (IOException)
        {
            // the server has closed before all was written
        }
        Assert.True(await client.Error() is null or UaStatus.BadTcpMessageTooLarge);
    }

    [Theory]
    [InlineData(5u)]
    [InlineData(1u)]
    public async Task A_wrong_sequence_number_ends_the_conversation(uint sequence)
    {
        await using var dcs = await SimulatedDcs.Start();
        using var client = await RawClient.Open(dcs);
        await client.Stream.WriteAsync(client.Chunk("MSGF", RawClient.Request(428, _ => { }), sequence));
        Assert.Equal(UaStatus.BadSequenceNumberInvalid, await client.Error());
    }

    [Fact]
    public async Task A_token_nobody_gave_ends_the_conversation()
    {
        await using var dcs = await SimulatedDcs.Start();
        using var client = await RawClient.Open(dcs);
        await client.Stream.WriteAsync(client.Chunk("MSGF", RawClient.Request(428, _ => { }), token: 9));
        Assert.Equal(UaStatus.BadSecureChannelTokenUnknown, await client.Error());
    }

    [Fact]
    public async Task A_list_longer_than_its_bytes_is_refused_before_room_is_made_for_it()
    {
        await using var dcs = await SimulatedDcs.Start();
        using var client = await RawClient.Open(dcs);
        var before = GC.GetTotalAllocatedBytes();
        await client.Stream.WriteAsync(client.Chunk("MSGF", RawClient.Request(428, body =>
        {
            body.WriteString(null);
            body.WriteInt32(int.MaxValue);
        })));
        Assert.Equal(UaStatus.BadDecodingError, FaultOf((await client.Read())!.Value.Bytes));
        Assert.True(GC.GetTotalAllocatedBytes() - before < 64 << 20);
    }

    [Fact]
    public async Task Services_of_a_session_need_one()
    {
        await using var dcs = await SimulatedDcs.Start();
        using var client = await RawClient.Open(dcs);
        await client.Stream.WriteAsync(client.Chunk("MSGF", RawClient.Request(631, _ => { })));
        Assert.Equal(UaStatus.BadSessionIdInvalid, FaultOf((await client.Read())!.Value.Bytes));
    }

    [Theory]
    [InlineData(673u)]
    [InlineData(712u)]
    public async Task What_writes_or_calls_is_refused_and_counted(uint service)
    {
        await using var dcs = await SimulatedDcs.Start();
        using var client = await RawClient.Open(dcs);
        await client.Stream.WriteAsync(client.Chunk("MSGF", RawClient.Request(service, _ => { })));
        Assert.Equal(UaStatus.BadServiceUnsupported, FaultOf((await client.Read())!.Value.Bytes));
        Assert.Equal(1, dcs.Plant.WriteRequests);
    }

    [Fact]
    public async Task Connections_and_sessions_beyond_the_limits_are_refused()
    {
        await using var dcs = await SimulatedDcs.Start(new ServerSettings { MaxConnections = 3, MaxSessions = 1 });
        await using var own = new OwnClient(dcs);
        var session = await own.Open();
        var refused = await Assert.ThrowsAsync<OpcUaException>(() => own.Open());
        Assert.Equal(0x80560000u, refused.Status.Value);
        await session.DisposeAsync();
        using var first = await RawClient.Open(dcs);
        using var second = await RawClient.Open(dcs);
        using var third = await RawClient.Open(dcs);
        using var fourth = await RawClient.Connect(dcs);
        Assert.Equal(UaStatus.BadTcpNotEnoughResources, await fourth.Error());
    }

    [Fact]
    public async Task Damaged_messages_of_every_kind_leave_the_server_in_order()
    {
        await using var dcs = await SimulatedDcs.Start();
        await using var own = new OwnClient(dcs);
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            using var client = await RawClient.Open(dcs);
            uint[] services = [422, 428, 461, 467, 473, 527, 533, 554, 560, 631, 664, 751, 763, 781, 787, 826, 832, 841, 847];
            var body = RawClient.Request(services[random.Next(services.Length)], to =>
            {
                var noise = new byte[random.Next(200)];
                random.NextBytes(noise);
                to.WriteRaw(noise);
            });
            var chunk = client.Chunk("MSGF", body);
            for (var damage = random.Next(3); damage > 0; damage--) chunk[random.Next(chunk.Length)] = (byte)random.Next();
            try
            {
                await client.Stream.WriteAsync(chunk);
                client.Stream.Socket.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // the server was quicker
            }
            while (await client.Read() is not null) { }
        }
        await using var session = await own.Open();
        Assert.Equal(3, (await new NodeAccess(session, ServerLimits.Cautious).ReadNamespacesAsync(CancellationToken.None)).Length);
        await Eventually.Is(() => dcs.Line.Connections <= 1, () => $"{dcs.Line.Connections} connections");
    }

    private static uint FaultOf(byte[] message)
    {
        var reader = new UaDecoder(message.AsMemory(16));
        Assert.Equal(NodeKey.Of(397), reader.ReadNodeId());
        reader.ReadInt64();
        reader.ReadUInt32();
        return reader.ReadUInt32();
    }
}
