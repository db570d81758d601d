"""Speech made into words, asked for by the vendor's own SDK."""

import pytest

from bot.cloud.speech import TencentSpeech
from bot.ports import NotRecognised
from sandbox.cloud.speech import spoken


@pytest.fixture
def ears(service):
    return TencentSpeech(service())


def test_what_is_said_is_heard(ears):
    assert ears.listen(spoken("证过期了咋办"), "amr") == "证过期了咋办"


def test_a_format_the_cloud_does_not_know_is_refused(ears):
    with pytest.raises(NotRecognised, match="ErrorVoiceFormat") as error:
        ears.listen(spoken("x"), "xyz")
    assert not error.value.again


def test_a_request_of_another_time_is_refused(ears, monkeypatch):
    monkeypatch.setattr("sandbox.cloud.signature.FRESH_S", -1)
    with pytest.raises(NotRecognised, match="SignatureExpire"):
        ears.listen(spoken("x"), "amr")
