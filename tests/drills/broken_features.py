"""What the mutation drill breaks: for a row of docs/manual-coverage.md one change of the code after which it is false.

Each is the smallest change that takes the feature away: a rule of the platform, a wire between a page and its model, a
call to the phone's key store. `old` stands exactly once in `file`; whoever moves that code moves it here too.
"""

from dataclasses import dataclass

SERVER, VIEWS, PHONE = "desktop/server", "desktop/views", "desktop/phone"


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A way to break the feature of the row with this section and these words, which `test` must notice."""

    section: str
    words: str
    test: str
    file: str
    old: str
    new: str

    @property
    def name(self) -> str:
        return f"{self.section} {self.words}"


def broken(section: str, words: str, test: str, file: str, old: str, new: str) -> Broken:  # noqa: PLR0917 - a table
    return Broken(section=section, words=words, test=test, file=file, old=old, new=new)


BROKEN = (
    # -- 1 apps --------------------------------------------------------------------------------------------------------
    broken("1", "Android", "test_the_code_of_an_app_is_its_address",
        f"{VIEWS}/download/model.py", "App.ANDROID: profile.android_url", "App.ANDROID: profile.ios_url"),
    broken("1", "Android", "test_an_address_that_no_phone_reaches_is_never_a_code",
        f"{VIEWS}/download/model.py", "is_public=is_public_link(url)", "is_public=bool(url)"),
    broken("1", "iOS", "test_the_demo_points_to_the_virtual_phone_and_opens_it",
        f"{VIEWS}/download/model.py", "            self._open_phone()", "            pass"),
    # -- 2 login -------------------------------------------------------------------------------------------------------
    broken("2", "log in or register by SMS code", "test_a_new_number_comes_in_by_its_sms_code",
        f"{VIEWS}/login/model.py", "sign_in_by_sms(mobile, code, remember=remember)",
        "sign_in_by_sms(mobile, code[::-1], remember=remember)"),
    broken("2", "log in or register by SMS code", "test_a_code_from_the_banner_logs_in",
        f"{PHONE}/window/login_page.py", "self._model.log_in(self.mobile.value, self.code.value)", "pass"),
    broken("2", "creates the account", "test_unknown_number_with_the_right_code_gets_an_account_and_a_session",
        f"{SERVER}/cases/accounts.py", "return account, True", "return account, False"),
    broken("2", "account is the number", "test_known_number_signs_in_to_the_same_account",
        f"{SERVER}/cases/accounts.py", "select(Account).where(Account.mobile == mobile)",
        'select(Account).where(Account.mobile == mobile + "0")'),
    broken("2", "choose the platform", "test_switching_asks_first_then_hands_the_platform_over_and_remembers_it",
        "desktop/services/platforms.py", "SettingsStore(self.folder.settings).change(platform_profile=key)", "pass"),
    # -- 3 download ----------------------------------------------------------------------------------------------------
    broken("3", "choose the certificate", "test_approved_order_is_downloaded_by_phone",
        f"{VIEWS}/certificates/page.py", "self.overview.download_requested.connect(self._download)",
        "self.overview.download_requested.connect(lambda _order_id: None)"),
    broken("3", "choose the certificate", "test_download_gives_two_certificates_of_one_identity",
        f"{SERVER}/cases/certificates.py", 'encryption_spki=result["enc"])', 'encryption_spki=result["sign"])'),
    broken("3", "set the certificate password", "test_a_certificate_is_downloaded_by_clicks",
        f"{PHONE}/window/scan_model.py", "if to_set is not None and to_set != repeated:", "if False:"),
    # -- 4 seals -------------------------------------------------------------------------------------------------------
    broken("4A", "is bound to it", "test_claimed_seal_is_signed_by_the_platform_and_bound_to_the_certificate",
        f"{SERVER}/cases/seals.py", "certificate_sha256=sha256(certificate.der)", "certificate_sha256=bytes(32)"),
    broken("4A", "is bound to it", "test_person_without_certificate_is_led_to_order_one",
        f"{VIEWS}/seals/page.py", '        else:\n            self.navigate.emit("certificates", "new")', ""),
    broken("4B", "申请印章", "test_application_reaches_the_review_desk_with_scan_and_transparent_imprint",
        f"{VIEWS}/seals/model.py", 'as it was left."""\n        self._go(Place.APPLICATION)', 'as it was left."""'),
    broken("4C", "choose the bound certificate", "test_seal_can_be_bound_to_ones_own_certificate_that_holds_only",
        f"{VIEWS}/seals/state.py", "if c.mine and c.state in _USABLE)", "if c.state in _USABLE)"),
    broken("4D", "choose the kind", "test_kind_changes_the_name_but_not_one_that_was_typed_and_never_the_size_measured",
        f"{VIEWS}/seals/model.py", "self._set(kind=kind)", "self._set(kind=self.state.kind)"),
    broken("4D", "choose the kind", "test_square_seal_of_the_legal_representative_is_accepted",
        f"{SERVER}/cases/seals.py", "            kind=kind,\n", "            kind=SealKind.OFFICIAL,\n"),
    broken("4E", "upload the scan", "test_application_reaches_the_review_desk_with_scan_and_transparent_imprint",
        f"{VIEWS}/seals/model.py", '(f"scan.{scan.extension}", scan.content, scan.media_type)',
        '("scan.png", cut.imprint.png, "image/png")'),
    broken("4E", "blank paper and clear", "test_sheet_without_seal_is_told_in_words_and_cannot_be_submitted",
        f"{VIEWS}/seals/model.py", "elif not state.cut.is_acceptable:", "elif False:"),
    broken("4F", "待审核", "test_application_waits_for_review_with_its_pictures",
        f"{SERVER}/cases/seals.py", "state=SealState.PENDING_REVIEW,", "state=SealState.APPROVED,"),
    broken("4", "after approval", "test_approved_seal_is_claimed_by_phone_and_usable",
        f"{VIEWS}/seals/state.py", "return seal.state is SealState.APPROVED and bound",
        "return seal.state is SealState.CLAIMED and bound"),
    broken("4", "after approval", "test_t15_seal_that_is_not_approved_cannot_be_claimed",
        f"{SERVER}/cases/seals.py", "seal.state = follow(SEALS, SealState(seal.state), SealEvent.CLAIM)",
        "seal.state = SealState.CLAIMED"),
    broken("4", "certificate password", "test_t16_a_wrong_password_claims_nothing_and_is_counted",
        f"{PHONE}/core/keystore.py", "        if kek is not None:\n            tries.give_back()",
        "        tries.give_back()"),
    # -- 5 renewal -----------------------------------------------------------------------------------------------------
    broken("5", "3 months before", "test_renewal_is_refused_until_three_months_before_the_end",
        f"{SERVER}/cases/successions.py",
        "if kind is OrderKind.RENEW and expiry - platform.now() >= EXPIRES_SOON:", "if False:"),
    broken("5", "3 months before", "test_renewal_is_not_offered_before_the_last_three_months",
        f"{VIEWS}/certificates/state.py",
        "if certificate.state is CertificateState.EXPIRES_SOON and OrderKind.RENEW not in under_way:", "if True:"),
    broken("5", "order on the platform is completed first", "test_renewal_needs_no_papers_to_be_approved",
        f"{SERVER}/cases/successions.py", "state=OrderState.PENDING_REVIEW,", "state=OrderState.APPROVED,"),
    broken("5", "the newest certificate", "test_pdf_is_sealed_directly_after_a_renewal",
        f"{SERVER}/cases/successions.py", "seals.rebind(session, platform, order.predecessor, serial)", "pass"),
    broken("5", "bids sealed to the old key", "test_bids_sealed_with_the_certificate_are_named_before_it_is_given_up",
        f"{VIEWS}/certificates/follow_state.py", "bids=tuple(dict.fromkeys(bids))", "bids=()"),
    # -- 6 change ------------------------------------------------------------------------------------------------------
    broken("6", "证书变更", "test_change_needs_papers_and_another_name",
        f"{SERVER}/cases/successions.py",
        "if kind is OrderKind.CHANGE and name == _name_in(session, certificate):", "if False:"),
    broken("6", "papers", "test_change_is_looked_at_with_all_its_papers_and_takes_effect_on_approval",
        f"{SERVER}/cases/papers.py", "for content in contents)", "for content in contents[:1])"),
    broken("6", "changed certificate is downloaded",
        "test_change_of_name_voids_the_seal_at_once_and_leads_to_a_new_application",
        f"{SERVER}/cases/successions.py", "organization_name=name or organization.name,",
        "organization_name=organization.name,"),
    broken("6", "void and must be applied for anew",
        "test_change_voids_the_seals_and_revokes_the_certificate_at_its_approval",
        f"{SERVER}/cases/invalidation.py", "touched = _apply(session, certificate.serial, seals, remark)",
        "touched = 0"),
    broken("6", "void and must be applied for anew", "test_void_seal_stays_in_sight_and_cannot_be_claimed",
        f"{VIEWS}/seals/state.py", "return seal.state is SealState.APPROVED and bound is not None",
        "return bound is not None"),
    # -- 7 reissue -----------------------------------------------------------------------------------------------------
    broken("7", "kept on the phone alone", "test_a_copied_folder_does_not_open_without_the_device_secret",
        f"{PHONE}/core/keystore.py", "check_device(entry.wrapped.wrap, device)", "pass"),
    broken("7", "another phone: the old certificate ends",
        "test_reissue_ends_logins_and_cancels_a_renewal_that_waits",
        f"{SERVER}/cases/invalidation.py", "UserSession.certificate_serial == certificate.serial",
        'UserSession.certificate_serial == ""'),
    broken("7", "after an identity check", "test_lost_phone_is_replaced_and_the_seal_claimed_again_without_a_review",
        f"{VIEWS}/certificates/follow_model.py", "api.reissue(serial, papers)", "pass"),
    broken("7", "after an identity check", "test_t15_operator_does_not_approve_a_succession_of_his_own",
        f"{SERVER}/cases/orders.py", "if order.account_id == actor.id:", "if False:"),
    broken("7", "without another review",
        "test_t14_reissue_frees_the_seals_for_the_next_certificate_without_a_new_review",
        f"{SERVER}/rules/states.py", "(SealState.CLAIMED, SealEvent.RELEASE): SealState.APPROVED",
        "(SealState.CLAIMED, SealEvent.RELEASE): SealState.PENDING_REVIEW"),
    # -- 8 use ---------------------------------------------------------------------------------------------------------
    broken("8", "log in with the mobile certificate", "test_a_phone_logs_its_holder_in",
        f"{SERVER}/cases/phone_login.py", "if consumed.rowcount != 1:", "if consumed.rowcount == 1:"),
    broken("8", "decrypt", "test_a_bid_is_opened_into_a_new_folder_and_everything_in_it_is_listed",
        "desktop/services/opening.py", 'shares = {**job.shares, group.group_id: SecretBytes(result["share"])}',
        "shares = dict(job.shares)"),
    broken("8", "seal documents", "test_a_document_is_sealed_by_phone_and_verifies",
        "desktop/services/sealing.py", "pool.map(self._fate, self._prepared, verified.answer.results)",
        'pool.map(self._fate, self._prepared, [dict.fromkeys(r, b"") for r in verified.answer.results])'),
    broken("8", "shows a QR code", "test_a_foreign_code_is_explained",
        f"{PHONE}/window/scan_model.py", "return [text for grab in grabs for text in self._decode(grab)]", "return []"),
    broken("8", "choose the certificate and type its password",
        "test_a_wrong_password_is_said_on_the_phone_and_the_right_one_still_seals",
        f"{PHONE}/window/scan_model.py", 'ApproveState.WRONG_PASSWORD: "phone.wrong_password",', ""),
    # -- 9 authorisation -----------------------------------------------------------------------------------------------
    broken("9", "default certificate admin", "test_approved_first_order_makes_the_unit_and_its_admin",
        f"{SERVER}/cases/orders.py", "role=MemberRole.CERTIFICATE_ADMIN,", "role=MemberRole.CERTIFICATE_USER,"),
    broken("9", "referred to the admin", "test_stranger_ordering_for_a_known_unit_is_sent_to_its_admin",
        f"{SERVER}/cases/orders.py",
        'raise RejectedError("platform.organization_exists", _masked_admin(session, organization))', "return"),
    broken("9", "referred to the admin", "test_stranger_is_told_the_masked_admin_and_nothing_typed_is_lost",
        f"{SERVER}/cases/orders.py", "_masked_admin(session, organization))", '"")'),
    broken("9A", "单位成员授权", "test_admin_grants_and_sees_the_grant_with_its_state",
        f"{VIEWS}/certificates/unit_panel.py", "self.form.submitted.connect(model.submit)", "pass"),
    broken("9A", "单位成员授权", "test_same_person_is_granted_once",
        f"{SERVER}/cases/grants.py", 'raise RejectedError("platform.grant_exists")', "pass"),
    broken("9B", "admins grant", "test_admin_grants_and_sees_the_grant_with_its_state",
        f"{SERVER}/rules/permissions.py", "Action.GRANT_MEMBERSHIP: _ADMINS", "Action.GRANT_MEMBERSHIP: _OPERATORS"),
    broken("9C", "users cannot", "test_t34_user_cannot_grant_or_remove_and_a_stranger_learns_nothing",
        f"{SERVER}/rules/permissions.py", "Action.GRANT_MEMBERSHIP: _ADMINS", "Action.GRANT_MEMBERSHIP: _MEMBERS"),
    broken("9C", "users cannot",
        "test_grantee_claims_shows_papers_and_downloads_then_sees_the_admins_without_buttons",
        f"{VIEWS}/certificates/unit_panel.py", "self.add.setVisible(state.is_admin and not state.is_adding)",
        "self.add.setVisible(not state.is_adding)"),
    broken("9D", "several admins", "test_last_admin_stays_and_one_of_two_may_go",
        f"{SERVER}/cases/members.py", "and not session.scalar(others):", "and False:"),
    broken("9D", "several admins", "test_last_admin_is_told_why_he_stays_and_has_nothing_to_press",
        f"{VIEWS}/certificates/unit_state.py", "return len(admins) == 1 and member in admins", "return False"),
    broken("9E", "name, ID number, mobile number", "test_empty_and_wrong_fields_are_refused_before_anything_is_sent",
        f"{VIEWS}/certificates/unit_state.py", "GrantPart.MOBILE: mobile_fault(form.mobile),", ""),
    broken("9E", "name, ID number, mobile number", "test_wrong_check_digit_is_said_as_soon_as_the_number_is_whole",
        f"{VIEWS}/certificates/follow_state.py", 'return "" if is_id_number(text) else Fault.ID_NUMBER', 'return ""'),
    broken("9F", "待申领的证书", "test_granted_certificate_is_to_be_claimed_and_nothing_else_ordered",
        f"{VIEWS}/home/needs.py", "        *_claims(situation.claimable),\n", ""),
    broken("9F", "identity check, then downloads", "test_grantee_claims_after_the_identity_check_and_downloads",
        f"{SERVER}/cases/grants.py", "session.add(_order(platform, actor, grant, account, organization))", "pass"),
    broken("9F", "identity check, then downloads",
        "test_identity_check_shows_whom_the_papers_must_show_and_makes_the_member",
        f"{VIEWS}/review/model.py", "api.review_check(check.check_id, approve=is_approval, reason=reason)", "pass"),
    # -- 10 usage records ----------------------------------------------------------------------------------------------
    broken("10", "scan by scan", "test_pages_are_turned_without_ever_holding_more_than_one",
        f"{VIEWS}/records/model.py", "self._begins.append(self.state.records[-1].number)",
        "self._begins.append(None)"),
    broken("10", "scan by scan", "test_each_filter_narrows_and_reset_shows_all",
        f"{SERVER}/cases/records.py", "query = query.where(UsageRecord.operation == wanted.operation)", "pass"),
    broken("10A", "使用记录】 (desktop)", "test_nothing_flashes_as_a_window_of_its_own",
        "desktop/app.py", '            ("records", lambda: tr("使用记录"), "history", self._make_records),\n', ""),
    broken("10A", "使用记录】 (phone)", "test_the_home_page_has_the_modules_of_the_manual_in_its_order",
        f"{PHONE}/window/home_page.py", "if is_admin else ()), self.records]", "if is_admin else ())]"),
    broken("10B", "operation, user's name, serial number and time",
        "test_each_scan_is_told_with_operation_user_serial_time_in_shanghai_and_result",
        "desktop/ui/kit/progress.py", "moment.astimezone(SHANGHAI).strftime", "moment.strftime"),
    broken("10B", "operation, user's name, serial number and time", "test_failure_is_told_in_words_and_is_no_success",
        f"{VIEWS}/records/words.py", 'if result == DONE else (tr("未成功"), Tone.PROBLEM)',
        'if result else (tr("未成功"), Tone.PROBLEM)'),
    broken("10C", "admin sees the unit's records", "test_member_without_admin_role_sees_only_own_records",
        f"{SERVER}/cases/records.py", "        if actor.administers(unit):", "        if True:"),
    broken("10", "export to xlsx and PDF", "test_xlsx_holds_every_record_of_all_pages_newest_first",
        "desktop/services/export.py", "        before = page[-1].number", "        return"),
    broken("10", "records of a scan without network",
        "test_record_of_a_time_without_network_is_handed_in_when_the_page_is_opened",
        f"{VIEWS}/records/model.py", "self._may_hand_in = True", "self._may_hand_in = False"),
    # -- 11 password ---------------------------------------------------------------------------------------------------
    broken("11", "change the certificate password", "test_a_new_password_replaces_the_old_and_keeps_the_keys",
        f"{PHONE}/core/keystore.py",
        "            self._write(changed)\n", "            self._write(entry)\n"),
    broken("11", "forgotten: reset", "test_forgotten_password_is_reset_from_the_papers_to_the_word_for_the_phone",
        f"{VIEWS}/certificates/follow_model.py", "api.request_password_reset(serial, papers)", "pass"),
    broken("11", "reset needs an identity check", "test_t32_check_in_any_other_state_releases_nothing",
        f"{SERVER}/cases/recovery.py", "if not approved or row is None:", "if row is None:"),
    # -- 12 account ----------------------------------------------------------------------------------------------------
    broken("12", "set the login password", "test_password_is_set_by_a_code_and_then_logs_in",
        f"{VIEWS}/me/password_model.py", "set_password(new, old=old, code=code)",
        "set_password(new[::-1], old=old, code=code)"),
    broken("12", "set the login password", "test_password_is_set_by_code_and_signs_in",
        f"{SERVER}/cases/passwords.py", "session.get_one(Account, actor.id).password = kept", "pass"),
    broken("12", "both log in", "test_number_and_password_sign_in_and_leave_no_password_behind",
        f"{VIEWS}/login/model.py", "sign_in_by_password(mobile, password, remember=remember)",
        "sign_in_by_password(mobile, mobile, remember=remember)"),
    broken("12", "change the bound mobile number", "test_lost_number_goes_to_review_with_papers_and_can_be_withdrawn",
        f"{VIEWS}/me/mobile_model.py", "api.change_lost_mobile(typed.new_mobile, typed.new_code, uploads)", "pass"),
    broken("12", "change the bound mobile number",
        "test_t33_number_changes_when_both_have_agreed_and_a_day_has_passed",
        f"{SERVER}/cases/mobile_settling.py", "account.mobile = change.new_mobile", "pass"),
)  # fmt: skip
