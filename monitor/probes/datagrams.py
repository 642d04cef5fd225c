"""Many datagrams a system call: sendmmsg and recvmmsg over memory that is laid out once and used again and again.

Python's own sockets move one datagram a call and build objects for each; over a raw socket on loopback that costs 2 µs a request
and its reply more than this. What is sent is written straight into `names` and `payloads`, what came is read straight from them.
"""

from __future__ import annotations

import ctypes
import socket
from collections.abc import Callable
from dataclasses import dataclass

from monitor.probes.kernel import NAME_BYTES

Call = Callable[[int, int, int], int]
"""(file descriptor, address of an array of struct mmsghdr, its length) → how many datagrams went, -errno where none did."""


class _Vector(ctypes.Structure):
    """Struct iovec (readv(2))."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Header(ctypes.Structure):
    """Struct msghdr (sendmsg(2)) as the kernel has it; musl's is the same with its padding zeroed."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vectors", ctypes.c_void_p),
        ("vector_count", ctypes.c_size_t),
        ("ancillary", ctypes.c_void_p),
        ("ancillary_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Message(ctypes.Structure):
    """Struct mmsghdr (sendmmsg(2)): it begins with its struct msghdr."""

    _fields_ = (("header", _Header), ("length", ctypes.c_uint32))


_WORD_BYTES = 4
_LENGTH_WORD = _Message.length.offset // _WORD_BYTES
_MESSAGE_WORDS = ctypes.sizeof(_Message) // _WORD_BYTES


@dataclass(frozen=True, slots=True)
class Kernel:
    """The two calls by which datagrams come and go; a test hands in what fails when it should."""

    send: Call
    receive: Call


def kernel_of(library: ctypes.CDLL) -> Kernel:
    """Return the calls of a C library (opened with use_errno); one without sendmmsg and recvmmsg moves one datagram a call."""
    try:
        send_many, receive_many = library.sendmmsg, library.recvmmsg
    except AttributeError:
        return Kernel(_one_by_one(library.sendmsg), _one_by_one(library.recvmsg))
    send_many.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)
    receive_many.argtypes = (*send_many.argtypes, ctypes.c_void_p)

    def send(descriptor: int, messages: int, count: int) -> int:
        taken: int = send_many(descriptor, messages, count, 0)
        return taken if taken >= 0 else -ctypes.get_errno()

    def receive(descriptor: int, messages: int, count: int) -> int:
        taken: int = receive_many(descriptor, messages, count, 0, None)
        return taken if taken >= 0 else -ctypes.get_errno()

    return Kernel(send, receive)


def _one_by_one(call: Callable[[int, int, int], int]) -> Call:
    """Return what does with sendmsg or recvmsg the same as sendmmsg or recvmmsg."""
    call.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_int)  # type: ignore[attr-defined]
    call.restype = ctypes.c_ssize_t  # type: ignore[attr-defined]

    def many(descriptor: int, messages: int, count: int) -> int:
        for number in range(count):
            at = messages + number * ctypes.sizeof(_Message)
            length = call(descriptor, at, 0)
            if length < 0:
                return number or -ctypes.get_errno()
            _Message.from_address(at).length = length
        return count

    return many


KERNEL = kernel_of(ctypes.CDLL(None, use_errno=True))


class _Batch:
    """Memory for a fixed number of datagrams: an array of struct mmsghdr and what it points to.

    names: one socket address every NAME_BYTES[version]. ancillary: one every ancillary_bytes. payloads: one every payload_bytes.
    """

    def __init__(self, version: int, slots: int, payload_bytes: int, ancillary_bytes: int) -> None:
        self.slots = slots
        self.payload_bytes = payload_bytes
        name_bytes = NAME_BYTES[version]
        self.names = bytearray(slots * name_bytes)
        self.ancillary = bytearray(slots * ancillary_bytes)
        self.payloads = bytearray(slots * payload_bytes)
        self._name_bytes = name_bytes
        self._vectors = (_Vector * slots)()
        self._messages = (_Message * slots)()
        # These also pin the memory: as long as they exist, a bytearray refuses to be resized, and with it moved.
        self._pins = [(ctypes.c_char * len(each)).from_buffer(each) for each in (self.names, self.ancillary, self.payloads)]
        names, ancillary, payloads = map(ctypes.addressof, self._pins)
        vectors = ctypes.addressof(self._vectors)
        for slot, (message, vector) in enumerate(zip(self._messages, self._vectors, strict=True)):
            vector.base, vector.length = payloads + slot * payload_bytes, payload_bytes
            header = message.header
            header.name, header.name_length = names + slot * name_bytes, name_bytes
            header.vectors, header.vector_count = vectors + slot * ctypes.sizeof(_Vector), 1
            if ancillary_bytes:
                header.ancillary, header.ancillary_length = ancillary + slot * ancillary_bytes, ancillary_bytes
        self._at = ctypes.addressof(self._messages)


class Outbox(_Batch):
    """Datagrams of at most payload_bytes that leave a socket together. See put(), send().

    Who sends datagrams of one size writes names and payloads itself; put() is for those of any size.
    """

    def __init__(self, sock: socket.socket, version: int, *, slots: int, payload_bytes: int, kernel: Kernel = KERNEL) -> None:
        super().__init__(version, slots, payload_bytes, 0)
        self._descriptor = sock.fileno()
        self._send = kernel.send
        self._lengths = memoryview(self._vectors).cast("B").cast("L")[1::2]

    def put(self, slot: int, name: bytes, payload: bytes) -> None:
        """Write one datagram. name: where it goes, as socket_address() gives it. Raises ValueError where payload does not fit."""
        size = self.payload_bytes
        if len(payload) > size:
            raise ValueError(f"{len(payload)} octets do not fit in {size}")
        self.names[slot * self._name_bytes : (slot + 1) * self._name_bytes] = name
        self.payloads[slot * size : slot * size + len(payload)] = payload
        self._lengths[slot] = len(payload)

    def send(self, first: int, count: int) -> int:
        """Hand count datagrams to the kernel, from slot first on, and return how many it took: -errno where not even the first.

        Fewer than count: the one after those failed, and only sending it again tells why.
        """
        return self._send(self._descriptor, self._at + first * ctypes.sizeof(_Message), count)


class Inbox(_Batch):
    """What has come to a socket, a batch at a time. See receive(), lengths()."""

    def __init__(
        self,
        sock: socket.socket,
        version: int,
        *,
        slots: int,
        payload_bytes: int,
        ancillary_bytes: int = 0,
        kernel: Kernel = KERNEL,
    ) -> None:
        super().__init__(version, slots, payload_bytes, ancillary_bytes)
        self._descriptor = sock.fileno()
        self._receive = kernel.receive
        self._fresh = bytes(self._messages)
        self._no_ancillary = bytes(len(self.ancillary))
        self._octets = memoryview(self._messages).cast("B")
        self._words = self._octets.cast("I")[_LENGTH_WORD::_MESSAGE_WORDS]

    def receive(self) -> int:
        """Take what is waiting, as many datagrams as there are slots, and return how many came; -errno where none did.

        Each overwrites what was in its slot; a payload that is longer is cut off. Ancillary is 0 where the kernel attached nothing.
        """
        self._octets[:] = self._fresh
        self.ancillary[:] = self._no_ancillary
        return self._receive(self._descriptor, self._at, self.slots)

    def lengths(self, count: int) -> list[int]:
        """Return how many octets of payload each of the first count datagrams has."""
        return self._words[:count].tolist()
