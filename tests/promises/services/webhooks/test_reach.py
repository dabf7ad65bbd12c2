"""Where a webhook may not lead, in every form that was ever used to get around it."""

import ipaddress
import socket
from typing import Any

import pytest

from promises.services.webhooks import sending
from promises.services.webhooks.reach import UrlRefused, check_reachable, check_url, may_reach
from tests.promises.services.webhooks.conftest import Make
from tests.receivers import receiver

REFUSED = [
    "http://127.0.0.1/",
    "http://127.0.0.2/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://127.0.0.1./",
    "http://0/",
    "http://0.0.0.0/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://100.100.100.200/",
    "http://192.0.0.192/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://192.0.2.1/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://a.localhost/",
    "http://metadata.google.internal/",
    "http://printer.local/",
    "http://redis/",
    "http://user@example.com/",
    "http://user:password@example.com/",
    "http://example.com@127.0.0.1/",
    "http://127.0.0.1\\@example.com/",
    "http://example.com:22/",
    "http://example.com:6379/",
    "http://example.com:99999/",
    "http://example.com:x/",
    "http://example.com/#fragment",
    "http://example.com/a b",
    "http://example.com/\r\nX: y",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
    "http://%31%32%37.0.0.1/",
    "http://exa_mple..com/",
    "http://-example.com/",
    "http:///hooks",
    "http://",
    "//example.com/",
    "example.com",
    "",
    "file:///etc/passwd",
    "gopher://example.com/",
    "ftp://example.com/",
    "javascript:alert(1)",
    "http://[::1/",
    "http://[zz]/",
    "https://example.com/" + "x" * 2_000,
    "http://1.1.1.1.1/",
    "http://1.2.3.0x4/",
]
TAKEN = {
    "https://example.com": "https://example.com/",
    "https://EXAMPLE.com/Hooks?a=B": "https://example.com/Hooks?a=B",
    "https://example.com.:443/h": "https://example.com/h",
    "https://example.com:8443/h": "https://example.com:8443/h",
    "http://example.com:80/h": "http://example.com/h",
    "https://xn--bcher-kva.example/h": "https://xn--bcher-kva.example/h",
    "https://93.184.215.14/h": "https://93.184.215.14/h",
    "https://[2606:4700::1111]/h": "https://[2606:4700::1111]/h",
}


def test_there_are_enough_forms() -> None:
    assert len(set(REFUSED)) >= 40


@pytest.mark.parametrize("url", REFUSED)
def test_it_is_refused_where_it_is_saved_and_where_it_is_sent(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("a name was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", never)
    with pytest.raises(UrlRefused):
        check_url(url)
    with pytest.raises(UrlRefused):
        check_reachable(url)
    answer = sending.post(url, "{}", {})
    assert answer.status is None
    assert answer.reason.startswith("refused: ")


@pytest.mark.parametrize(("url", "stored"), TAKEN.items())
def test_it_is_taken_in_one_form(url: str, stored: str) -> None:
    assert check_url(url).url == stored
    assert check_url(stored).url == stored


def answers_with(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name lead to these addresses, one after the other. Shape: who asked."""
    left, asked = list(addresses), []

    def look_up(host: str, port: Any, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        address = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port or 80))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "64:ff9b::7f00:1"]
)
def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    answers_with(monkeypatch, address)
    with pytest.raises(UrlRefused, match="not public"):
        check_reachable("https://hooks.example.com/")
    answer = sending.post("https://hooks.example.com/", "{}", {})
    assert answer.reason == f"refused: {address} is not a public address"


def test_a_name_nobody_knows_is_taken_and_fails_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror("unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert check_reachable("https://hooks.example.com/") == "https://hooks.example.com/"
    assert sending.post("https://hooks.example.com/", "{}", {}).reason.startswith("no connection")


def test_the_address_that_was_judged_is_the_one_that_is_connected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with receiver() as told:
        asked = answers_with(monkeypatch, "93.184.215.14", "127.0.0.1")
        connected: list[Any] = []

        def connect(address: Any, *_: Any, **__: Any) -> Any:
            connected.append(address)
            raise OSError("no route")

        monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
        sending.post("http://rebind.example.com/", "{}", {})
        assert asked == ["rebind.example.com"]
        assert [address[0] for address in connected] == ["93.184.215.14"]
        assert told.received == []


def test_a_redirect_leads_nowhere(make: Make) -> None:
    inside, _, _ = make()
    outside, _, _ = make(status=302, headers={"Location": inside.url})
    answer = sending.post(outside.url, "{}", {})
    assert answer.status == 302
    assert len(outside.received) == 1
    assert inside.received == []


def test_what_the_installation_allows_is_reached(settings: Any) -> None:
    with receiver() as told:
        settings.WEBHOOK_ALLOWED_HOSTS = [("localhost", told.port)]
        url = f"http://localhost:{told.port}/hooks"
        assert check_reachable(url) == url
        assert sending.post(url, "{}", {}).status == 200
        assert told.received[0].headers["host"] == f"localhost:{told.port}"
        with pytest.raises(UrlRefused):
            check_url(f"http://localhost:{told.port + 1}/")
        with pytest.raises(UrlRefused):
            check_url(told.url)
        settings.WEBHOOK_ALLOWED_HOSTS = []
        assert sending.post(url, "{}", {}).reason.startswith("refused")
        assert len(told.received) == 1


def test_a_network_is_allowed_with_its_ports_and_mapped_forms(settings: Any) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("10.1.0.0/16")]
    assert check_url("http://10.1.2.3:9000/").port == 9000
    assert may_reach(ipaddress.ip_address("::ffff:10.1.2.3"))
    with pytest.raises(UrlRefused):
        check_url("http://10.2.0.1/")


def test_a_receiver_without_tls_is_an_error_that_says_so(make: Make) -> None:
    told, _, _ = make()
    answer = sending.post(told.url.replace("http://", "https://"), "{}", {})
    assert answer.status is None
    assert answer.reason.startswith("TLS: ")
    assert told.received == []


def test_the_proxy_of_the_environment_is_not_used(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, _, _ = make()
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert sending.post(told.url, "{}", {}).status == 200
