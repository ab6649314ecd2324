"""The shared store of many machines: Redis. One round trip an answer."""

import json
import secrets
from collections.abc import Sequence
from hashlib import sha256
from importlib import import_module
from typing import Any

from .entries import Entry
from .stores import LEASE_SECONDS, LOCK_SECONDS, REMEMBERED_SECONDS

# One hash holds counters and open changes: they are lost together or not at all. Times are the
# server's, so that no two machines need to agree.
_NOW = """
    local told = redis.call('TIME')
    local now = tonumber(told[1]) + tonumber(told[2]) / 1000000
"""
_COUNT = """
    redis.call('HSETNX', KEYS[1], 'epoch', ARGV[1])
    local number = redis.call('HINCRBY', KEYS[1], 'clock', 1)
    local slots = {}
    for i = 4, #ARGV do
        redis.call('HSET', KEYS[1], ARGV[i], number)
        slots[#slots + 1] = tonumber(ARGV[i])
    end
    local changes = cjson.decode(redis.call('HGET', KEYS[1], 'changes') or '{}')
"""
_NOTE = "redis.call('HSET', KEYS[1], 'changes', cjson.encode(changes))"
_BEGIN = f"""
    {_NOW} {_COUNT}
    for name, change in pairs(changes) do
        if change[1] < now - {REMEMBERED_SECONDS} then changes[name] = nil end
    end
    changes[ARGV[2]] = {{now + tonumber(ARGV[3]), slots}}
    {_NOTE}
"""
_PURGE = f"""
    {_COUNT}
    if changes[ARGV[2]] then
        changes[ARGV[2]] = nil
        {_NOTE}
    end
"""
_RENEW = f"""
    {_NOW}
    local changes = cjson.decode(redis.call('HGET', KEYS[1], 'changes') or '{{}}')
    if changes[ARGV[1]] then
        changes[ARGV[1]][1] = now + tonumber(ARGV[2])
        {_NOTE}
    end
"""
_UNLOCK = """
    if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""
# A server that was started anew, or another one that has taken over, may have lost the last purges.
_MEET = """
    local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or ''
    if redis.call('HGET', KEYS[1], 'run') ~= run then
        redis.call('DEL', KEYS[1])
        redis.call('HSET', KEYS[1], 'run', run, 'epoch', ARGV[1])
    end
"""


class RedisStore:
    """Redis, for any number of machines."""

    def __init__(self, url: str, *, prefix: str) -> None:
        redis = import_module("redis")
        self._prefix = f"pages:{prefix}:"
        self._counters = f"{self._prefix}purges"
        self._error: type[Exception] = redis.RedisError
        self._redis: Any = redis.Redis.from_url(
            url, socket_timeout=1, socket_connect_timeout=1, redis_connect_func=self._meet
        )

    def clock(self) -> tuple[int, int]:
        epoch, number = self._do("HMGET", self._counters, "epoch", "clock")
        if epoch is None:
            self._do("HSETNX", self._counters, "epoch", _new_epoch())
            epoch, number = self._do("HMGET", self._counters, "epoch", "clock")
        return int(epoch or 0), int(number or 0)

    def now(self) -> float:
        seconds, parts = self._do("TIME")
        return int(seconds) + int(parts) / 1_000_000

    def purged(self, slots: Sequence[int]) -> int:
        found = self._do("HMGET", self._counters, *slots) if slots else []
        return max((int(number) for number in found if number), default=0)

    def begin(self, change: str, slots: Sequence[int]) -> None:
        told = (_new_epoch(), change, LEASE_SECONDS, *slots)
        self._do("EVAL", _BEGIN, 1, self._counters, *told)

    def renew(self, change: str) -> None:
        self._do("EVAL", _RENEW, 1, self._counters, change, LEASE_SECONDS)

    def purge(self, slots: Sequence[int], change: str = "") -> None:
        self._do("EVAL", _PURGE, 1, self._counters, _new_epoch(), change, "", *slots)

    def is_changing(self, slots: Sequence[int], since: float) -> bool:
        noted = self._do("HGET", self._counters, "changes")
        changes = json.loads(noted) if noted else {}
        return any(
            until > since and not set(held).isdisjoint(slots) for until, held in changes.values()
        )

    def get(self, name: str) -> bytes | None:
        page: bytes | None = self._do("GET", self._key("page", name))
        return page

    def put(self, name: str, page: bytes, seconds: float) -> None:
        lasts = max(1, int(seconds * 1000))
        self._do("SET", self._key("page", name), page, "PX", lasts)

    def show(self, path: str, entry: Entry) -> None:
        """Do nothing: a purge of another machine could not take files of this one away."""

    def lock(self, name: str) -> Any:
        key, mine = self._key("lock", name), secrets.token_hex(8)
        is_mine = self._do("SET", key, mine, "NX", "PX", LOCK_SECONDS * 1000)
        return (key, mine) if is_mine else None

    def unlock(self, held: Any) -> None:
        self._do("EVAL", _UNLOCK, 1, *held)

    def _meet(self, connection: Any) -> None:
        """Greet the server: with other counters than it had, nothing kept is right."""
        connection.on_connect()
        connection.send_command("EVAL", _MEET, 1, self._counters, _new_epoch())
        connection.read_response()

    def _key(self, kind: str, name: str) -> str:
        return f"{self._prefix}{kind}:{sha256(name.encode()).hexdigest()}"

    def _do(self, *command: Any) -> Any:
        try:
            return self._redis.execute_command(*command)
        except self._error as error:
            raise OSError("Redis does not answer") from error


def _new_epoch() -> int:
    return secrets.randbits(62) + 1
