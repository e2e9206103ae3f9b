using System.Threading.Channels;

namespace EdgeGateway;

/// <summary>
/// The one bounded channel between acquisition and recording, and the pool that blocks go back to. When it is full the lines wait; nothing is
/// ever dropped. About 8 KiB a block, so at most some 16 MiB wait here.
/// </summary>
internal sealed class ReadingChannel(int capacity = 2048)
{
    private readonly Channel<ReadingBlock> _blocks = Channel.CreateBounded<ReadingBlock>(
        new BoundedChannelOptions(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Channel<ReadingBlock> _pool = Channel.CreateBounded<ReadingBlock>(
        new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropWrite });

    public ChannelReader<ReadingBlock> Reader => _blocks.Reader;

    public ChannelWriter<ReadingBlock> Writer => _blocks.Writer;

    public ReadingBlock Rent() => _pool.Reader.TryRead(out var block) ? block : new ReadingBlock();

    public void Return(ReadingBlock block) => _pool.Writer.TryWrite(block);
}
