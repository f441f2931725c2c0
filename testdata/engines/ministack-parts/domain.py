"""A domain of Amazon OpenSearch Service: TLS and IAM in front of an engine that has neither.

An endpoint of AWS has no port, and 443 is not everybody's to listen on. So functions find the domain by a proxy of
their environment, HTTPS_PROXY, which knows the way to that one host and refuses all others: a function that called
the real AWS would fail. The TLS that goes through it ends at MiniStack, which verifies the signature and asks the
policies of the caller's role for es:ESHttp* on the path, as AWS does, before the engine sees the request.
"""

import asyncio
import http.client
import os
import socket
import threading
from urllib.parse import urlsplit

from ministack import app
from ministack.core.responses import get_account_id
from ministack.core.router import extract_region

SECONDS = 30  # longer than any function waits


def serve(host, name, engine):
    forward(host, name, urlsplit(engine).netloc)
    listener = socket.create_server(("127.0.0.1", 0))
    os.environ["HTTPS_PROXY"] = f"http://127.0.0.1:{listener.getsockname()[1]}"
    threading.Thread(target=asyncio.run, args=(proxy(host, listener),), daemon=True).start()


def forward(host, name, engine):
    """Hands what is sent to the host, and allowed, on to the engine."""
    others = app._handle_special_data_plane_request

    async def handle(method, path, headers, body, query_params, request_id, raw_path=None, raw_query_string="", **more):
        if headers.get("host") != host:
            return await others(method, path, headers, body, query_params, request_id, raw_path=raw_path,
                                raw_query_string=raw_query_string, **more)
        if "authorization" not in headers:
            return 403, {"Content-Type": "application/json"}, b'{"Message":"User: anonymous is not authorized"}'
        arn = f"arn:aws:es:{extract_region(headers, query_params)}:{get_account_id()}:domain/{name}{raw_path}"
        refused = app._enforce_data_plane("es", f"es:ESHttp{method.capitalize()}", headers, query_params, request_id,
                                          resource_arn=arn)
        if refused:
            print(f"domain: {method} {raw_path}: refused: {refused[2]}", flush=True)
            return refused
        target = raw_path + ("?" + raw_query_string if raw_query_string else "")
        return await asyncio.to_thread(ask, engine, method, target, headers.get("content-type"), body)

    app._handle_special_data_plane_request = handle


def ask(engine, method, target, media, body):
    connection = http.client.HTTPConnection(engine, timeout=SECONDS)
    try:
        connection.request(method, target, body or None, {"Content-Type": media} if media else {})
        response = connection.getresponse()
        return response.status, {"Content-Type": response.getheader("Content-Type", "")}, response.read()
    finally:
        connection.close()


async def proxy(host, listener):
    async def connect(reader, writer):
        try:
            line, *_ = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
            if line.split()[:2] != ["CONNECT", f"{host}:443"]:
                print(f"domain: refused: {line}", flush=True)
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                return
            back, forth = await asyncio.open_connection("127.0.0.1", int(os.environ["GATEWAY_PORT"]))
            writer.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
            await asyncio.gather(copy(reader, forth), copy(back, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass  # either side may leave at any time
        finally:
            writer.close()

    async with await asyncio.start_server(connect, sock=listener) as server:
        await server.serve_forever()


async def copy(source, sink):
    try:
        while data := await source.read(1 << 16):
            sink.write(data)
            await sink.drain()
    finally:
        sink.close()
