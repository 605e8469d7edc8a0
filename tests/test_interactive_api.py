"""The API client against a real HTTP server that answers as it is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from academy.errors import AcademyError, NotAllowed, Unavailable
from academy.interactive.api import Api, connect, new_nonce

SALMA = "her-token"


class Academy:
    """A stand-in of the service: it writes down what it is asked and gives prepared answers."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, str | None, Any]] = []

    def answer(self, handler: RequestHandler) -> None:
        """Answer one request."""
        request = handler.request
        body = json.loads(request.body) if request.body else None
        self.asked.append((request.method or "", request.path, request.headers.get("Authorization"), body))
        status, data = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        handler.set_status(status)
        handler.finish(data)


def talk(academy: Academy, work: Callable[[Api], Awaitable[Any]]) -> Any:
    """Start the stand-in, let a client work with it, stop both."""

    class Answer(RequestHandler):
        async def get(self) -> None:
            academy.answer(self)

        post = get

        def check_xsrf_cookie(self) -> None:
            """Do without: calls carry a token, not a cookie."""

    async def whole() -> Any:
        socket, port = bind_unused_port()
        server = HTTPServer(Application([("/.*", Answer)]))
        server.add_socket(socket)
        api = Api(f"http://127.0.0.1:{port}", SALMA, waits=(0, 0))
        try:
            return await work(api)
        finally:
            await api.close()
            server.stop()
            await server.close_all_connections()

    return asyncio.run(whole())


def test_calls_carry_the_visitors_own_token_in_a_header() -> None:
    """The service sees the person, and no address holds her token."""
    academy = Academy((200, {"title": "What we protect"}))
    found = talk(academy, lambda api: api.assessment("river", "what-we-protect"))
    assert found == {"title": "What we protect"}
    assert academy.asked == [
        ("GET", "/services/academy/api/c/river/assessments/what-we-protect", f"Bearer {SALMA}", None)
    ]


def test_the_address_may_end_with_the_path_of_the_service() -> None:
    """The Hub hands out the whole address; a bare one works too."""
    bare = Api("http://127.0.0.1:9/", SALMA)
    whole = Api("http://127.0.0.1:9/services/academy", SALMA)
    assert bare._http.base_url == whole._http.base_url


def test_an_error_of_the_academy_stays_one_sentence() -> None:
    """Code, message and field come through as the service said them, and the call is not repeated."""
    error = {"error": {"code": "closed", "message": "The deadline has passed.", "field": None}}
    academy = Academy((409, error))
    with pytest.raises(AcademyError, match="The deadline has passed") as caught:
        talk(academy, lambda api: api.submit("river", "a", {}, nonce=new_nonce()))
    assert (caught.value.code, caught.value.status, len(academy.asked)) == ("closed", 409, 1)


def test_a_repeated_call_keeps_its_nonce() -> None:
    """Whoever answered too late is asked again with the same name, so that nothing happens twice."""
    academy = Academy((503, {}), (502, {}), (201, {"number": "k7mq-x2rt"}))
    receipt = talk(academy, lambda api: api.submit("river", "a", {"DS1.1": ["b"]}, nonce="n1"))
    assert receipt == {"number": "k7mq-x2rt"}
    assert [body["nonce"] for *_, body in academy.asked] == ["n1", "n1", "n1"]


def test_when_nobody_answers_it_says_that_nothing_on_the_page_is_lost() -> None:
    """After the last try comes one sentence, not a stack of library errors."""
    with pytest.raises(Unavailable, match="still here"):
        talk(Academy((503, {})), lambda api: api.save_draft("river", "a", {}))

    async def to_nobody() -> None:
        await Api("http://127.0.0.1:1", SALMA, waits=(0,)).register("river", "s")

    with pytest.raises(Unavailable, match="does not answer"):
        asyncio.run(to_nobody())


def test_a_sign_in_page_instead_of_an_answer_means_signed_out() -> None:
    """A token that has ended is told apart from a service that is away."""
    with pytest.raises(NotAllowed, match="signed out"):
        talk(Academy((403, "<h1>no</h1>")), lambda api: api.register("river", "s"))


def test_an_answer_that_is_no_json_is_a_fault_of_the_service() -> None:
    """It is said in one sentence."""
    with pytest.raises(Unavailable, match="Something went wrong"):
        talk(Academy((500, "<h1>fault</h1>")), lambda api: api.register("river", "s"))


def test_marks_and_corrections_are_sent_whole() -> None:
    """The bodies are those that the API reads strictly."""
    academy = Academy((200, {"person": "p1"}))
    change = {"person": "p1", "status": "present", "arrived_at": None, "left_at": None, "reason": "came late"}

    async def work(api: Api) -> None:
        await api.mark("river", "s1", person="p1", status="absent", nonce="n1-n1-n1")
        await api.correct("river", "s1", correction=change, nonce="n2-n2-n2")

    talk(academy, work)
    (_, marks, _, mark), (_, corrections, _, correction) = academy.asked
    assert marks.endswith("/c/river/sessions/s1/marks")
    assert mark == {"person": "p1", "status": "absent", "arrived_at": None, "nonce": "n1-n1-n1"}
    assert corrections.endswith("/c/river/sessions/s1/corrections")
    assert correction == change | {"nonce": "n2-n2-n2"}


def test_odd_names_stay_one_part_of_the_path() -> None:
    """A name from an address cannot lead to another call."""
    academy = Academy((200, {}))
    talk(academy, lambda api: api.register("a/../b", "s?x=1"))
    assert academy.asked[0][1] == "/services/academy/api/c/a%2F..%2Fb/sessions/s%3Fx%3D1/register"


def test_a_kernel_connects_with_what_its_environment_holds() -> None:
    """Address and token come from the environment and from nowhere else."""
    api = connect({"ACADEMY_SERVICE_URL": "http://127.0.0.1:9", "VISITOR_TOKEN": SALMA})
    assert str(api._http.base_url) == "http://127.0.0.1:9/services/academy/"
    assert api._http.headers["Authorization"] == f"Bearer {SALMA}"
