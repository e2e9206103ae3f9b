"""A Modbus slave by libmodbus: libmodbus_slave.py tcp | rtu PORT. Says 'ready' and, on TCP, its port."""
import ctypes
import os
import socket
import struct
import sys

lib = ctypes.CDLL("libmodbus.so.5", use_errno=True)
lib.modbus_new_tcp.restype = lib.modbus_new_rtu.restype = ctypes.c_void_p


class Mapping(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in (
        "nb_bits", "start_bits", "nb_input_bits", "start_input_bits",
        "nb_input_registers", "start_input_registers", "nb_registers", "start_registers")] + [
        ("tab_bits", ctypes.POINTER(ctypes.c_uint8)), ("tab_input_bits", ctypes.POINTER(ctypes.c_uint8)),
        ("tab_input_registers", ctypes.POINTER(ctypes.c_uint16)), ("tab_registers", ctypes.POINTER(ctypes.c_uint16))]


lib.modbus_mapping_new.restype = ctypes.POINTER(Mapping)
mapping = lib.modbus_mapping_new(32, 32, 32, 32)
registers = mapping.contents.tab_registers
# Only modbus_set_float has the same order in all versions (the low word first): those that name their order changed it on the way.
lib.modbus_set_float.argtypes = [ctypes.c_float, ctypes.POINTER(ctypes.c_uint16)]
lib.modbus_set_float.restype = None
lib.modbus_set_float(123.456, ctypes.cast(ctypes.addressof(registers.contents) + 2 * 2, ctypes.POINTER(ctypes.c_uint16)))
a, b, c, d = struct.pack(">f", 123.456)
for address, words in ((0, (a << 8 | b, c << 8 | d)), (4, (b << 8 | a, d << 8 | c)), (6, (d << 8 | c, b << 8 | a))):
    registers[address], registers[address + 1] = words
registers[10] = 0x1234
mapping.contents.tab_bits[8] = 1
mapping.contents.tab_input_bits[3] = 1
mapping.contents.tab_input_registers[5] = 0xFFFE

query = (ctypes.c_uint8 * 300)()
if sys.argv[1] == "tcp":
    context = ctypes.c_void_p(lib.modbus_new_tcp(b"127.0.0.1", 0))
    listener = ctypes.c_int(lib.modbus_tcp_listen(context, 1))
    known = socket.socket(fileno=os.dup(listener.value))
    print("ready", known.getsockname()[1], flush=True)
    lib.modbus_tcp_accept(context, ctypes.byref(listener))
else:
    context = ctypes.c_void_p(lib.modbus_new_rtu(sys.argv[2].encode(), 115200, ctypes.c_char(b"N"), 8, 1))
    lib.modbus_set_slave(context, 1)
    if lib.modbus_connect(context) != 0:
        sys.exit("modbus_connect failed")
    print("ready", flush=True)
while True:
    length = lib.modbus_receive(context, query)
    if length > 0:
        lib.modbus_reply(context, query, length, mapping)
    elif length < 0 and sys.argv[1] == "tcp":
        break
