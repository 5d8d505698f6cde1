"""python-socketio on uvicorn: one emit to all for each posted text."""

import socketio

server = socketio.AsyncServer(async_mode="asgi", ping_interval=300, cors_allowed_origins="*")


async def publish(scope, receive, send):
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body")
    await server.emit("tick", {"text": body.decode().ljust(256, "x")})
    await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


app = socketio.ASGIApp(server, publish)
