"""The view-models of the app's modules: made together, told together who is here and which page is opened."""

from dataclasses import dataclass

from desktop.phone.core import Phone
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.certificates_model import CertificatesModel
from desktop.phone.window.follow_model import FollowModel
from desktop.phone.window.notices_model import NoticesModel
from desktop.phone.window.password_model import ForgottenModel
from desktop.phone.window.records_model import RecordsModel
from desktop.phone.window.seals_model import Cutter, SealsModel
from desktop.phone.window.security_model import SecurityModel
from desktop.phone.window.states import Screen
from desktop.phone.window.unit_model import UnitModel

_SECURITY = frozenset({Screen.SECURITY, Screen.LOGIN_PASSWORD, Screen.MOBILE, Screen.DEVICES})


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)  # Qt holds those that it calls weakly
class Modules:
    """One model for each module."""

    certificates: CertificatesModel
    follow: FollowModel
    seals: SealsModel
    unit: UnitModel
    records: RecordsModel
    security: SecurityModel
    notices: NoticesModel
    forgotten: ForgottenModel

    @property
    def all(
        self,
    ) -> tuple[
        CertificatesModel,
        FollowModel,
        SealsModel,
        UnitModel,
        RecordsModel,
        SecurityModel,
        NoticesModel,
        ForgottenModel,
    ]:
        """All of them."""
        return (
            self.certificates,
            self.follow,
            self.seals,
            self.unit,
            self.records,
            self.security,
            self.notices,
            self.forgotten,
        )

    def enter(self, screen: Screen) -> None:
        """A page was opened: look."""
        if screen is Screen.CERTIFICATES:
            self.certificates.refresh()
        elif screen is Screen.SEALS:
            self.seals.refresh()
        elif screen is Screen.SEAL_APPLICATION:
            self.certificates.refresh()
        elif screen is Screen.UNIT:
            self.unit.refresh()
        elif screen is Screen.RECORDS:
            self.records.refresh()
        elif screen is Screen.NOTICES:
            self.notices.refresh()
        elif screen in _SECURITY:
            self.security.enter(screen)

    def after_scan(self, screen: Screen) -> None:
        """A scan is over: what the page shows may have changed."""
        if screen in (Screen.CERTIFICATES, Screen.CERTIFICATE, Screen.FOLLOW):
            self.certificates.refresh()
        elif screen in (Screen.SEALS, Screen.RECORDS):
            self.enter(screen)

    def forget_person(self) -> None:
        """Another person is here, or nobody."""
        for model in self.all:
            model.forget()

    def forget_unit(self) -> None:
        """The person acts for another unit."""
        for model in (self.unit, self.records):
            model.forget()

    def stop(self) -> None:
        """Wind up."""
        for model in self.all:
            model.stop()


def make_modules(phone: Phone, app: AppModel, *, cut: Cutter | None = None) -> Modules:
    """Make the models, and connect them with the app's."""
    modules = Modules(
        certificates=CertificatesModel(phone, app, app),
        follow=FollowModel(phone, app, app),
        seals=SealsModel(phone, app, cut=cut, parent=app),
        unit=UnitModel(phone, app, app),
        records=RecordsModel(phone, app, app),
        security=SecurityModel(phone, app, app),
        notices=NoticesModel(phone, app, app),
        forgotten=ForgottenModel(phone, app, app),
    )
    for model in modules.all:
        model.signed_out.connect(app.session_ended)
    app.screen_opened.connect(modules.enter)
    app.person_changed.connect(modules.forget_person)
    app.unit_changed.connect(modules.forget_unit)
    return modules
