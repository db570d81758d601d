"""The composition root: settings in, everything joined out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.clocks import SystemClock, TurnedClock
from bot.config import BadSetting, Settings
from bot.dialogs.lexicon import ContentLexicon
from bot.dialogs.script import FLOWS, Script
from bot.domain.reminders import SHANGHAI
from bot.failpoint import Failpoint
from bot.hearing.content import open_ear
from bot.hearing.ear import Ear
from bot.hearing.meaning import Encoder
from bot.hearing.model import BadModel
from bot.library import BadContent, Library, content_folder, load
from bot.links import Links
from bot.messages import Heard, Said
from bot.ports import (
    ApplicationDesk,
    Clock,
    Errands,
    FaceCheck,
    Notices,
    OrderDesk,
    Reader,
    Recogniser,
    Reconciliations,
    SecondReader,
    SendFailed,
    Services,
    SharedCache,
    ShortMessages,
    Till,
)
from bot.store.application_desk import StoredApplicationDesk
from bot.store.cache import DatabaseCache, RedisCache
from bot.store.cipher import Cipher, read_ring
from bot.store.conversations import StoredConversations
from bot.store.database import Database
from bot.store.errands import StoredErrands
from bot.store.feedback import FeedbackDesk
from bot.store.humans import StoredHumanDesk
from bot.store.jobs import StoredJobList
from bot.store.order_desk import StoredOrderDesk
from bot.store.outbox import StoredOutbox
from bot.store.reconciliations import StoredReconciliations
from bot.store.retention import StoredRetention
from bot.wechat import media
from bot.wechat.api import Api
from bot.wechat.courier import WeChatCourier
from bot.wechat.gateway import Gateway
from bot.wechat.markup import render
from bot.wechat.pages import Pages

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from bot.cloud.service import Service


def _encoder() -> Encoder | None:
    """Load what knows what texts mean; without it questions are heard by signs and sounds."""
    try:
        return Encoder()
    except (ImportError, OSError) as error:
        log.error("no encoder of meaning (%s): half of the questions stay unanswered", error)
        return None


def make_ear(folder: Path, library: Library) -> Ear:
    """Make what understands questions. Raises ``BadContent`` when its weights cannot be read."""
    lexicon = ContentLexicon(library.vocabulary)
    try:
        return open_ear(
            folder,
            library.intents,
            library.hint,
            _encoder(),
            lexicon.is_question,
            lexicon.is_answer,
        )
    except BadModel as error:
        raise BadContent([f"faq/model.npz: {error}: run `weldmate faq learn`"]) from None


@dataclass(frozen=True)
class LateEar:
    """Implements ``ports.Faq``: opened when it is first needed, which clocks never do."""

    house: House

    def hear(self, text: str, waits: str = "") -> Heard:
        """Tell what a text asks."""
        return self.house.ear.hear(text, waits)


class House:
    """One process's view of everything, made when it is first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def clock(self) -> Clock:
        """Business time."""
        url = self.settings.clock_url
        return TurnedClock(url) if url else SystemClock()

    @cached_property
    def library(self) -> Library:
        """All content."""
        return load(content_folder(self.settings.content_dir))

    @cached_property
    def database(self) -> Database:
        """The truth."""
        return Database(self.settings.database_url)

    @cached_property
    def cipher(self) -> Cipher:
        """The key ring. Raises ``BadSetting`` when its file is none."""
        try:
            path = self.settings.data_key_file
            return Cipher(read_ring(path), lambda: read_ring(path) if path.exists() else {})
        except (OSError, ValueError) as error:
            raise BadSetting(f"DATA_KEY_FILE: {error}") from None

    @cached_property
    def cache(self) -> SharedCache:
        """Redis if there is one, else a table."""
        url = self.settings.redis_url
        if not url:
            return DatabaseCache(self.database, self.cipher)
        try:
            return RedisCache(url, self.cipher)
        except ValueError:  # its words would show the address, and so the password
            raise BadSetting("REDIS_URL: what follows the host cannot be read.") from None

    @cached_property
    def script(self) -> Script:
        """What conversations run on. Raises ``BadSetting`` for an unknown rulebook."""
        library = self.library
        book = library.rulebooks.get(self.settings.rulebook)
        if book is None:
            there = ", ".join(sorted(library.rulebooks))
            raise BadSetting(f"RULEBOOK is {self.settings.rulebook!r}: choose one of {there}.")
        lexicon = ContentLexicon(library.vocabulary)
        human_word = str(library.vocabulary["commands"]["human"][0])
        goto = {f"faq.{intent.id}": intent.goto for intent in library.intents}
        return Script(FLOWS, library.words, lexicon, book, library.documents, human_word, goto)

    @cached_property
    def ear(self) -> Ear:
        """What understands questions. Raises ``BadContent`` when its weights cannot be read."""
        return make_ear(content_folder(self.settings.content_dir), self.library)

    @cached_property
    def feedback(self) -> FeedbackDesk:
        """What people's questions teach the editors."""
        return FeedbackDesk(self.database, self.cipher)

    @cached_property
    def applications(self) -> ApplicationDesk:
        """Renewals as operators see them."""
        return StoredApplicationDesk(
            self.database, self.cipher, self.conversations, self.library.documents, self._says
        )

    @cached_property
    def orders(self) -> OrderDesk:
        """All orders and their money."""
        return StoredOrderDesk(
            self.database,
            self.cipher,
            self.conversations,
            self._says,
            self.settings.refund_alone_fen,
        )

    @cached_property
    def reconciliations(self) -> Reconciliations:
        """Days of WeChat Pay's statements, compared with our books."""
        return StoredReconciliations(self.database)

    @cached_property
    def errands(self) -> Errands:
        """What WeChat Pay is to be asked about."""
        return StoredErrands(self.database, self.cipher)

    @cached_property
    def failpoint(self) -> Failpoint:
        """Where fault tests kill this process; never armed otherwise."""
        return Failpoint(self.settings.failpoint)

    @cached_property
    def conversations(self) -> StoredConversations:
        """The inbox and the lock."""
        return StoredConversations(
            self.database,
            self.cipher,
            self.settings.forget_after_days,
            self.settings.wechat_consent_template,
            self.failpoint,
        )

    @cached_property
    def services(self) -> Services:
        """What handlers may ask for."""
        return Services(
            clock=self.clock,
            conversations=self.conversations,
            outbox=StoredOutbox(
                self.database,
                self.cipher,
                self.conversations,
                self.settings.wechat_consent_template,
            ),
            retention=StoredRetention(
                self.database,
                self.conversations,
                self._says,
                self.settings.application_keep_days,
                self.settings.pictures_keep_days,
            ),
            faq=LateEar(self),
            jobs=StoredJobList(self.database, self.cipher),
            listens=bool(self.settings.tencent_secret_id and self.settings.tencent_secret_key),
            sends_sms=bool(self.settings.tencent_sms_app_id),
            checks_faces=bool(self.settings.tencent_face_rule),
            humans=StoredHumanDesk(
                self.database, self.cipher, self.conversations, self._operator_says
            ),
            words=self.library.words,
            script=self.script,
            render=render,
            fees=self.library.fees.items if self.settings.wechatpay_mch_id else (),
            links=self.links.make,
        )

    def _says(self, key: str, values: Mapping[str, Any]) -> Said:
        return Said(key, self.library.words.say(key, values))

    def _operator_says(self, words: str) -> Said:
        return self._says("human.reply", {"words": words})

    @cached_property
    def links(self) -> Links:
        """Our own addresses, signed with the account's secret."""
        return Links(
            self.settings.public_base_url,
            self.settings.wechat_app_secret,
            self.clock,
            bool(self.settings.wechat_consent_template),
        )

    @cached_property
    def gateway(self) -> Gateway:
        """The callback's door."""
        return Gateway(self.settings, self.clock)

    @cached_property
    def api(self) -> Api:
        """The platform's API."""
        return Api(self.settings, self.cache, self.clock)

    @cached_property
    def recogniser(self) -> Recogniser:
        """What makes speech into words; its library is loaded by workers alone."""
        from bot.cloud.speech import TencentSpeech

        return TencentSpeech(self._cloud(self.settings.tencent_asr_base))

    @cached_property
    def sms(self) -> ShortMessages | None:
        """What sends short messages, for workers alone; None where none is configured."""
        settings = self.settings
        if not settings.tencent_sms_app_id:
            return None
        from bot.cloud.sms import REGION, TencentSms

        service = self._cloud(settings.tencent_sms_base, REGION)
        return TencentSms(service, settings.tencent_sms_app_id, settings.tencent_sms_sign)

    @cached_property
    def face(self) -> FaceCheck | None:
        """What checks faces, for workers alone; None where operators check."""
        if not self.settings.tencent_face_rule:
            return None
        from bot.cloud.face import TencentFace

        service = self._cloud(self.settings.tencent_face_base)
        return TencentFace(service, self.settings.tencent_face_rule)

    @cached_property
    def second_reader(self) -> SecondReader | None:
        """What reads ID cards once more, for workers alone; None where it is switched off."""
        if not self.settings.tencent_ocr:
            return None
        from bot.cloud.id_card import TencentIdCard

        return TencentIdCard(self._cloud(self.settings.tencent_ocr_base))

    def _cloud(self, base: str, region: str = "") -> Service:
        from bot.cloud.service import Service

        settings = self.settings
        return Service(settings.tencent_secret_id, settings.tencent_secret_key, base, region)

    @cached_property
    def _pay(self) -> tuple[Till, Notices] | tuple[None, None]:
        """WeChat Pay, asked and telling. Raises ``BadSetting`` for a key that is none."""
        if not self.settings.wechatpay_mch_id:
            return None, None
        from bot.pay import open_pay

        return open_pay(self.settings, self.clock)

    @cached_property
    def till(self) -> Till | None:
        """What asks WeChat Pay; None where nothing is sold."""
        return self._pay[0]

    @cached_property
    def notices(self) -> Notices | None:
        """What opens its notices; None where nothing is sold."""
        return self._pay[1]

    @cached_property
    def reader(self) -> Reader:
        """What reads photos, in a process of its own; workers alone start it."""
        from bot.vision import PhotoReader

        return PhotoReader(self.library.papers, self._today)

    def _today(self) -> date:
        return self.clock.now().astimezone(SHANGHAI).date()

    def fetch_photo(self, media_id: str) -> bytes:
        """Get a photo. Raises ``SendFailed``."""
        found = media.fetch(self.api, media_id)
        return b"" if isinstance(found, media.Elsewhere) else found.content

    def upload_picture(self, picture: bytes) -> str:
        """Upload a picture of ours; return its media id. Raises ``SendFailed``."""
        return media.upload_image(self.api, picture)

    def fetch_sound(self, media_id: str) -> bytes:
        """Get a voice message. Raises ``SendFailed``."""
        found = media.fetch(self.api, media_id)
        if isinstance(found, media.Elsewhere) or not found.mime.startswith("audio/"):
            raise SendFailed("never", 0, "no sound")
        return found.content

    @cached_property
    def courier(self) -> WeChatCourier:
        """The sending side."""
        return WeChatCourier(self.api)

    @cached_property
    def pages(self) -> Pages:
        """What our pages need of WeChat."""
        return Pages(self.settings, self.api, self.clock)

    def close(self) -> None:
        """Close what was opened."""
        if "reader" in self.__dict__:
            self.__dict__["reader"].close()
        if "database" in self.__dict__:
            self.database.close()
        if isinstance(cache := self.__dict__.get("cache"), RedisCache):
            cache.close()
