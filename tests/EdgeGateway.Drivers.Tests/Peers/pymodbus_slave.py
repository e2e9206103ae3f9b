"""A Modbus slave by pymodbus: pymodbus_slave.py tcp | rtu PORT. Says 'ready' and, on TCP, its port. Floats are laid by pymodbus where it has the order."""
import asyncio
import socket
import struct
import sys

from pymodbus.constants import Endian
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.payload import BinaryPayloadBuilder
from pymodbus.server import StartAsyncSerialServer, StartAsyncTcpServer
from pymodbus.transaction import ModbusRtuFramer


def by_pymodbus(words):
    builder = BinaryPayloadBuilder(byteorder=Endian.Big, wordorder=words)
    builder.add_32bit_float(123.456)
    return builder.to_registers()


a, b, c, d = struct.pack(">f", 123.456)
registers = [0] * 32
registers[0:2] = by_pymodbus(Endian.Big)
registers[2:4] = by_pymodbus(Endian.Little)
registers[4:6] = [b << 8 | a, d << 8 | c]
registers[6:8] = [d << 8 | c, b << 8 | a]
registers[10] = 0x1234
coils, inputs, measured = [0] * 32, [0] * 32, [0] * 32
coils[8], inputs[3], measured[5] = 1, 1, 0xFFFE
slave = ModbusSlaveContext(
    di=ModbusSequentialDataBlock(0, inputs), co=ModbusSequentialDataBlock(0, coils),
    hr=ModbusSequentialDataBlock(0, registers), ir=ModbusSequentialDataBlock(0, measured), zero_mode=True)
context = ModbusServerContext(slaves={1: slave}, single=False)


async def main():
    if sys.argv[1] == "tcp":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        serving = asyncio.ensure_future(StartAsyncTcpServer(context, address=("127.0.0.1", port)))
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.05)
        print("ready", port, flush=True)
    else:
        serving = asyncio.ensure_future(StartAsyncSerialServer(context, framer=ModbusRtuFramer, port=sys.argv[2], baudrate=115200))
        print("ready", flush=True)  # or will be soon: the port opens in the background, and the master asks until it does
    await serving


asyncio.run(main())
