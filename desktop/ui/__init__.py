r"""What pages are made of: tokens, theme, words, widgets, shell, tasks. Knows no bids and no services (layer 5).

Start (composition root)
    theme.apply(app, Mode.LIGHT | DARK | HIGH_CONTRAST)   palette + font + style sheet; call again to switch
    theme.system_mode() -> Mode                            what the operating system asks for
    languages = i18n.Languages(); languages.use(Language.ENGLISH); languages.language_changed: Signal(str)

Words (`desktop.ui.i18n`)
    tr("共 {count} 份", count=3) -> str     Chinese literal; English in resources/translations/en/<area>.json, a flat
                                            {"中文": "English"} table. Area = ui, views.<module>, phone, or app (files
                                            directly in desktop/). A text of ui.json need not be repeated elsewhere.
    current_language() -> Language          "zh" or "en", as problem(code).wording() takes it

Page pattern (`desktop.ui.page`; `show_state`, since QWidget has a `render` of its own)
    @dataclass(frozen=True, slots=True, kw_only=True)
    class State(PageState): rows: tuple[Row, ...] = ()    PageState: phase, problem_code, problem_detail
    class Model(ViewModel[State]):                        .state, .changed; _set(**changes), _fail(BidSealError)
        def __init__(self, …): super().__init__(State())
        def load(self) -> None: self._set(phase=Phase.NORMAL, rows=…)
    class RecordsPage(Page[State]):
        def __init__(self, model: Model) -> None:
            super().__init__("records")                   objectName
            …build on QVBoxLayout(self.content)…          also self.empty/.skeleton/.problem/.offline
            self.retry_requested.connect(model.load)
            self.bind(model)                              last
        def show_state(self, state: State) -> None: …     sets ALL texts through tr(); called on change and on language
    LookAgain(page, look)  .want(wanted=…): calls `look` every ten seconds while wanted and the page is in sight
    Phase: LOADING (skeleton after 300 ms) EMPTY NORMAL PROBLEM OFFLINE

Tasks (`desktop.ui.tasks`)
    run(fn, on_done, on_error, on_progress=None, *, receiver=None, pool=None) -> TaskHandle
        fn(progress=…, cancel=…): progress(done, total, text=""); cancel.raise_if_set()/.is_set()/.wait(s)
        on_done(result) xor on_error(BidSealError), on the GUI thread, never after the receiver is deleted
        handle.cancel() (ends as general.cancelled) · handle.discard() (hear no more) · handle.is_running
    end_all(timeout_ms) -> bool                            before the program ends: cancel all, wait

QR (`desktop.ui.qr`)
    QrCard(*, name="qrCard")   .show_view(QrView) .set_payload(text) .set_remaining(remaining_s, total_s) .state .code
        signals renew_requested, resume_requested, retry_requested, cancel_requested
    QrView(state, title, document, note, payload, remaining_s, total_s, check_code, phone_name, message, done, total,
           problem_code, problem_detail, can_cancel=True)
    QrState: LOADING SHOWING PAUSED EXPIRED CLAIMED WORKING DONE PROBLEM
    The code itself is a child with objectName "qrCode" (qr_code.QrCode), readable from grabbed pixels.

Camera (`desktop.ui.camera`)
    CameraPanel(make_reader, list_devices, *, name="camera")   the app hands in live.LiveReader and live.list_cameras
        .start(source=None) .stop() .retry() .state; stops when hidden
        signals text_read(str), state_changed(CameraState)

Kit (`from desktop.ui.kit import …`; every `name` becomes the objectName)
    PrimaryButton SecondaryButton DangerButton LinkButton (text="", icon="", *, name)   .setText .set_icon .clicked
    IconButton(icon, text, *, name)                       text = tooltip and accessible name; .set_text .set_icon
    SegmentedControl(*, name)                             .set_options([(id, text)]) .current .set_current; chosen(str)
    Label(text="", role="body", *, name, wrap=False, selectable=False)   roles title heading lead body muted caption
                                                          error code; .set_tone(Tone). ElidedLabel(text, role, *, name)
    TextField(label="", *, name, placeholder="", secret=False)   .value .set_value .set_label(label, placeholder="")
                                                          .set_error .set_help .error .edit; changed(str), submitted()
    PhoneNumberField(label="", *, name)                   as TextField; .is_valid
    CodeField(label="", *, name)                          as TextField; .start_countdown(s) .wait_s .is_complete
                                                          .set_send_enabled(enabled=…); send_requested(), completed(str)
    ChoiceField(label="", *, name)                        .set_options([(id, text)], value="") .value; chosen(str)
    NumberField(label="", *, name, minimum=0, maximum=100, decimals=0, suffix="")
                                                          .value .set_value .set_range; changed(float)
    Card(title="", *, name, padding=24)                   .add(widget, stretch=0) .body .set_title .add_action(widget)
    Separator()  Icon(icon, colour_token, size=20)  scrolled(widget) -> QScrollArea
    Banner(*, name)                                       .show_message(Tone, title, text="", *, action="",
                                                          diagnostic="") .clear(); action_triggered()
    VerdictBadge(*, name)                                 .set_verdict(Verdict | None, detail=""); verdict_word(v)
    StatusChip(text="", Tone, *, name)                    .set_status(text, Tone)
    ListRow(key, *, icon="", name, opens=True)            .set_texts(title, small="") .set_status(text, Tone)
                                                          activated(key)
    DataTable(*, name)                                    .set_content([Column(title=, width=0, is_number=, is_code=)],
                                                          [Row(key=, cells=(str | Cell(text=, tone=), …))])
                                                          .selected_key .select(key) .set_accessible_name
                                                          row_selected(key), row_activated(key)
    EmptyState() .set_content(icon, title, text="", action=""); action_triggered()
    Skeleton() .set_active(active=…)
    ProblemView() .show_problem(code, detail="", can_retry=True) .show_error(BidSealError); retry_requested()
    OfflineView(); retry_requested()
    ProgressPanel(*, name) .set_progress(done, total, text=""); cancel_requested()
    PanelHead(*, name) .set_title(text) .set_steps(("…", …), current_step); back_requested()
    StepIndicator(*, name) .set_steps(("…", …), current_step)
    DropZone(*, name, suffixes=(".pdf",), several=False, icon="upload", pick=pick_files)
                                                          .set_texts(title, hint="") .set_error .offer([Path]);
                                                          files_chosen(list[Path])
    Countdown(clock, *, name) .set_deadline(datetime | None)      ServerClock(clock, *, name) .set_state(SyncState)
    local_time(datetime, seconds=False) -> str            Asia/Shanghai
    Tone: NEUTRAL INFO SUCCESS WARNING PROBLEM            icons: file names in resources/icons

Shell (`desktop.ui.shell`)
    NavEntry(id, title: () -> str, icon, factory: () -> QWidget, shortcut="", is_foot=False)
    MenuEntry(id, title: () -> str, icon, action: () -> object, is_separated=False)
    MainShell(entries, *, clock, user_menu=(), product=…) .show_page(id) .page(id) .current_id .set_entries(entries)
        .set_account(organization, person) .set_sync_state(SyncState) .show_toast(text, Tone)
        .set_rail_visible(visible=…)
        signals page_shown(str), closing(); rail buttons are named nav_<id>

Dialogs (`desktop.ui.dialogs`; open them with .open())
    ConfirmDialog(title, text, action, *, is_destructive=False, parent)    accepted, rejected
    TextPrompt(title, label, action, *, text="", value="", parent)        answered(str)
    ProblemDialog(BidSealError, *, parent)

Layout by 8s: page margins 32 left and right, 24 above and below; 24 between cards, 16 within; one PrimaryButton a
screen; words at most 720 px wide (sizes.text_width). QTabWidget, QCheckBox, QRadioButton, QMenu, QPlainTextEdit are
dressed by the style sheet and may be used as they are.
Measures: theme.current() -> Tokens (.colours .spaces .sizes …); theme.themed_icon(name, colour_token) -> QIcon.
See everything: python -m desktop.ui.gallery OUTDIR
"""
