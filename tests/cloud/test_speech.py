"""The cloud's stand-in, asked by the vendor's own SDK."""

import pytest

from bot.cloud.speech import Tencent
from bot.ports import NotRecognised
from sandbox.cloud import SECRET_ID, SECRET_KEY, spoken


@pytest.fixture
def ears(served):
    return lambda key=SECRET_KEY, name=SECRET_ID: Tencent(name, key, served)


def test_what_is_said_is_heard(ears):
    assert ears().listen(spoken("证过期了咋办"), "amr") == "证过期了咋办"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda ears: ears(key="wrong"), "AuthFailure.SignatureFailure"),
        (lambda ears: ears(name="nobody"), "AuthFailure.SecretIdNotFound"),
    ],
)
def test_a_wrong_signature_is_refused_as_the_cloud_refuses_it(ears, make, code):
    with pytest.raises(NotRecognised, match=code) as error:
        make(ears).listen(spoken("x"), "amr")
    assert not error.value.again


def test_a_format_the_cloud_does_not_know_is_refused(ears):
    with pytest.raises(NotRecognised, match="ErrorVoiceFormat"):
        ears().listen(spoken("x"), "xyz")


def test_a_cloud_that_cannot_be_reached_may_be_asked_again():
    with pytest.raises(NotRecognised) as error:
        Tencent("i", "k", "http://127.0.0.1:9").listen(spoken("x"), "amr")
    assert error.value.again
