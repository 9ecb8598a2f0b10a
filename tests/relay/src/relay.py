"""An SMTP server for tests: aiosmtpd, on a free port of this machine, with faults on demand.

It reads its settings as one line of JSON, and later lines change what it does; it writes one line of JSON for each thing that
happens. It ends when its standard input does.
"""
import asyncio
import asyncio.sslproto
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

# Raises at whatever is not as the RFCs say.
STRICT = email.policy.SMTP.clone(raise_on_defect=True)

settings = {}
# So many connections were taken, and so many are open.
taken = 0
in_hand = 0


def tell(**what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def read_strictly(raw):
    """What a strict reader finds in a mail; raises where it finds a defect."""
    if not raw.isascii():
        raise ValueError("a mail of ASCII was expected")
    for line in raw.split(b"\r\n"):
        if len(line) > 998 or b"\r" in line or b"\n" in line or b"\0" in line:
            raise ValueError("a line that RFC 5322 does not allow: %r" % line[:80])
    message = email.message_from_bytes(raw, policy=STRICT)
    headers = []
    for name, value in message.items():
        if value.defects:
            raise value.defects[0]
        headers.append([name, str(value)])
    if message.get_content_type() != "multipart/alternative":
        raise ValueError(message.get_content_type())
    parts = list(message.iter_parts())
    found = [part.get_content_type() for part in parts]
    if found != ["text/plain", "text/html"]:
        raise ValueError("two bodies were expected: %r" % found)
    for part in message.walk():
        if part.defects:
            raise part.defects[0]
        if not part.is_multipart() and part.get_content_charset() != "utf-8":
            raise ValueError("UTF-8 was expected")
    text, html = [part.get_content().replace("\r\n", "\n") for part in parts]
    return {"headers": headers, "text": text, "html": html}


class Relay(SMTP):
    """Adds what a broken or hostile server does about STARTTLS."""

    async def smtp_STARTTLS(self, arg):
        answer = settings.get("starttls_answer")
        if not answer and not self.tls_context:
            answer = "454 TLS not available"
        if answer:
            await self.push(answer)
            if not answer.startswith("220"):
                return
            if settings.get("starttls_ends_there") == "silence":
                await self.loop.create_future()
            if settings.get("starttls_ends_there"):
                return
        else:
            await self.push("220 Ready to start TLS")
        waiter = self.loop.create_future()
        self._tls_protocol = asyncio.sslproto.SSLProtocol(
            self.loop, self, self.tls_context, waiter, server_side=True)
        self._original_transport = self.transport
        self._original_transport.set_protocol(self._tls_protocol)
        # Of the version of asyncio: aiosmtpd 1.4.3 knows the older name alone.
        make = getattr(self._tls_protocol, "_get_app_transport", None)
        self.transport = make() if make else self._tls_protocol._app_transport
        self._tls_protocol.connection_made(self._original_transport)
        try:
            await waiter
        except Exception as error:  # the client did not like the certificate
            tell(event="no_tls", why=str(error))
            self._original_transport.abort()

    def connection_made(self, transport):
        global taken
        if transport.get_extra_info("sslcontext") is None or self.transport is None:
            taken += 1
            tell(event="connection", number=taken)
        super().connection_made(transport)


class Handler:
    async def act(self, server, step):
        """What was asked for this step: an answer, a pause, silence, the end."""
        pause = settings.get("pause_" + step)
        if pause:
            await asyncio.sleep(pause)
        wish = settings.get(step)
        if wish == "silence":
            tell(event="silent", step=step)
            await asyncio.get_running_loop().create_future()
        if wish and settings.get("once"):
            settings.pop(step)
        if wish == "close":
            server.transport.abort()
            await asyncio.get_running_loop().create_future()
        return wish

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        await self.act(server, "ehlo")
        if settings.get("pretend_starttls"):
            responses.insert(1, "250-STARTTLS")
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        wish = await self.act(server, "mail")
        if wish:
            return wish
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        wish = await self.act(server, "rcpt")
        if wish:
            return wish
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        global in_hand
        raw = bytes(envelope.content)
        mail = {"event": "mail", "from": envelope.mail_from, "to": envelope.rcpt_tos,
                "secure": session.ssl is not None or settings.get("mode") == "tls",
                "user": getattr(session.auth_data, "login", b"").decode()
                if session.auth_data else None, "hello": session.host_name,
                "raw": raw.decode("latin-1")}
        try:
            mail.update(read_strictly(raw))
        except Exception as error:
            tell(event="defect", why=repr(error), raw=raw.decode("latin-1"))
            return "554 defect"
        pace = settings.get("pace")
        if pace:
            # One at a time over all connections.
            async with self.turn:
                await asyncio.sleep(pace)
        wish = settings.get("data")
        if wish in ("silence", "close"):
            tell(**mail)
        wish = await self.act(server, "data")
        if wish:
            return wish
        tell(**mail)
        return "250 OK"


class Login:
    def __init__(self, login, password):
        self.login, self.password = login, password


def authenticate(server, session, envelope, mechanism, data):
    user, password = settings["user"], settings["password"]
    right = data.login.decode() == user and data.password.decode() == password
    return AuthResult(success=right, handled=False, auth_data=data)


def greeting_of_another():
    """Something that is no SMTP server, or that says no at once."""
    class Other(asyncio.Protocol):
        def connection_made(self, transport):
            tell(event="connection", number=0)
            greeting = settings["greeting"]
            if greeting != "silence":
                transport.write(greeting.encode() + b"\r\n")
    return Other


async def main():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2 ** 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    settings.update(json.loads(await reader.readline()))
    context = None
    if settings.get("certificate"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings["certificate"], settings["key"])
    mode = settings["mode"]
    handler = Handler()
    handler.turn = asyncio.Lock()

    def factory():
        if settings.get("greeting"):
            return greeting_of_another()()
        return Relay(
            handler, hostname="relay.test", loop=loop, enable_SMTPUTF8=False,
            tls_context=context if mode == "starttls" else None,
            require_starttls=mode == "starttls",
            authenticator=authenticate if settings.get("user") else None,
            auth_required=bool(settings.get("user")),
            auth_require_tls=mode == "starttls", command_call_limit=100_000)

    server = await loop.create_server(
        factory, "127.0.0.1", 0, ssl=context if mode == "tls" else None)
    tell(event="ready", port=server.sockets[0].getsockname()[1])
    while True:
        line = await reader.readline()
        if not line:
            break
        change = json.loads(line)
        for name, value in change.items():
            if value is None:
                settings.pop(name, None)
            else:
                settings[name] = value
        tell(event="changed")
    sys.stdout.flush()
    # Connections that never answer would keep it.
    import os
    os._exit(0)


asyncio.run(main())
