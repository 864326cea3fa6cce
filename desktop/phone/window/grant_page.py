"""添加成员: name, ID number and mobile of who is to be certificate user or certificate admin (manual, 9A and 9E)."""

from desktop.domain.operations import MemberRole
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage, ProblemBanner
from desktop.phone.window.parts import IdNumberField, fault_text
from desktop.phone.window.unit_model import UnitModel, UnitState
from desktop.phone.window.words import role_word
from desktop.ui.i18n import tr
from desktop.ui.kit import Label, PhoneNumberField, PrimaryButton, SegmentedControl, TextField


class GrantPage(PhonePage[UnitState]):
    """See the module docstring."""

    def __init__(self, app: AppModel, model: UnitModel) -> None:
        super().__init__("grantPage")
        self._model = model
        self._filled = 0
        self.nav.back_requested.connect(app.back)
        self.role = SegmentedControl(name="grantRole")
        self._role_note = Label(role="caption", wrap=True)
        self.name = TextField(name="grantName")
        self.id_number = IdNumberField(name="grantIdNumber")
        self.mobile = PhoneNumberField(name="grantMobile")
        self.problem = ProblemBanner(name="grantProblem")
        self.submit = PrimaryButton(name="grantSubmit")
        fields = (self.name, self.id_number, self.mobile)
        for widget in (self.role, self._role_note, *fields, self.problem, self.submit):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.role.chosen.connect(model.choose_role)
        self.name.changed.connect(lambda _: model.touch("name"))
        self.id_number.changed.connect(model.type_id_number)
        self.id_number.left.connect(model.check_id_number)
        self.mobile.changed.connect(lambda _: model.touch("mobile"))
        self.submit.clicked.connect(self._submit)
        for field in fields:
            field.submitted.connect(self._submit)
        self.parts = {"name": self.name, "id_number": self.id_number, "mobile": self.mobile}
        self.bind(model)

    def take_focus(self) -> None:
        """Begin at the first field."""
        self.name.edit.setFocus()

    def show_state(self, state: UnitState) -> None:
        """Draw the form."""
        self.nav.set_title(tr("添加成员"))
        if state.form_number != self._filled:
            self._filled = state.form_number
            for field in (self.name, self.id_number, self.mobile):
                field.set_value("")
        roles = (MemberRole.CERTIFICATE_USER, MemberRole.CERTIFICATE_ADMIN)
        self.role.set_options([(role, role_word(role)) for role in roles])
        self.role.set_current(state.role)
        self.role.setAccessibleName(tr("角色"))
        self._role_note.setText(
            tr("管理员可以授权和移除成员, 并查看本单位全部使用记录。")
            if state.role is MemberRole.CERTIFICATE_ADMIN
            else tr("使用人可以申领并使用证书, 不能授权其他成员。")
        )
        self.name.set_label(tr("姓名"), tr("与身份证一致"))
        self.id_number.set_label(tr("身份证号"), tr("18 位"))
        self.mobile.set_label(tr("手机号"), tr("11 位手机号"))
        self.name.set_error(fault_text(state.fault("name")))
        self.id_number.set_error(fault_text(state.fault("id_number")))
        self.mobile.set_error(fault_text(state.fault("mobile")))
        self.problem.show_code(state)
        self.submit.setText(tr("正在提交…") if state.is_busy else tr("授权"))
        self.submit.setEnabled(not state.is_busy)

    def _submit(self) -> None:
        if self.submit.isEnabled():
            self._model.grant(self.name.value, self.id_number.value, self.mobile.value)
