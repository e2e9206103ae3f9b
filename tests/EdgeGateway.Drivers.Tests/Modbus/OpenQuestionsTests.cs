using EdgeGateway.Drivers.Modbus;
using Microsoft.Extensions.Time.Testing;

namespace EdgeGateway.Drivers.Tests.Modbus;

/// <summary>Which questions an answer still to come could be mistaken for, and what is asked instead.</summary>
public sealed class OpenQuestionsTests
{
    private static readonly ModbusDevice Device = new() { Unit = 7 };

    private readonly FakeTimeProvider _time = new();
    private readonly OpenQuestions _open;

    public OpenQuestionsTests() => _open = new OpenQuestions(_time);

    [Fact]
    public void A_question_is_hidden_by_one_of_its_own_shape_wherever_that_began()
    {
        _open.Add(7, Registers(4, at: 100));

        Assert.True(_open.Hides(7, Registers(4, at: 900)));
        Assert.False(_open.Hides(7, Registers(5, at: 100)));
        Assert.False(_open.Hides(8, Registers(4, at: 100)));
        Assert.False(_open.Hides(7, Registers(4, at: 100) with { Area = ModbusArea.Input }));
    }

    [Fact]
    public void Bits_hide_those_that_fill_as_many_bytes()
    {
        _open.Add(7, Bits(17));

        Assert.True(_open.Hides(7, Bits(24)));
        Assert.False(_open.Hides(7, Bits(25)));
    }

    [Fact]
    public void Data_closes_everything_of_its_unit()
    {
        _open.Add(7, Registers(4));
        _open.Add(7, Registers(3));
        _open.Add(8, Registers(4));
        _open.Close(7);

        Assert.False(_open.Has(7));
        Assert.True(_open.Hides(8, Registers(4)));
    }

    [Fact]
    public void What_is_asked_instead_is_shorter_and_never_open_itself()
    {
        for (var quantity = 4; quantity > 1; quantity--)
        {
            _open.Add(7, Registers(quantity));
            Assert.Equal(Registers(quantity - 1), _open.Telling(Device, Registers(4)));
        }
        _open.Add(7, Registers(1));
        Assert.Equal(Registers(5), _open.Telling(Device, Registers(4)));
    }

    [Fact]
    public void What_is_asked_instead_stays_inside_the_limits_and_the_addresses()
    {
        _open.Add(7, Registers(1));
        _open.Add(7, Registers(1, at: 65535));

        Assert.Null(_open.Telling(new ModbusDevice { Unit = 7, MaxRegisters = 1 }, Registers(1)));
        Assert.Null(_open.Telling(Device, Registers(1, at: 65535)));
        Assert.Equal(Registers(2), _open.Telling(Device, Registers(1)));
    }

    [Fact]
    public void A_minute_later_nothing_is_waited_for()
    {
        _open.Add(7, Registers(4));
        _time.Advance(OpenQuestions.Lapse);

        Assert.False(_open.Hides(7, Registers(4)));
    }

    [Fact]
    public void The_oldest_makes_room()
    {
        for (var quantity = 1; quantity <= OpenQuestions.MaxShapes + 1; quantity++) _open.Add(7, Registers(quantity));

        Assert.False(_open.Hides(7, Registers(1)));
        Assert.True(_open.Hides(7, Registers(2)));
    }

    private static ReadRequest Registers(int quantity, int at = 0) => new(0, 1, ModbusArea.Holding, at, quantity);

    private static ReadRequest Bits(int quantity) => new(0, 1, ModbusArea.Coil, 0, quantity);
}
