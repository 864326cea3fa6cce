"""Login and registration (manual 2): SMS code or a scan of the phone."""

from desktop.views.login.again import LogInAgainDialog, SessionBar
from desktop.views.login.model import LoginModel, LoginState, Way
from desktop.views.login.page import LoginPage

__all__ = ["LogInAgainDialog", "LoginModel", "LoginPage", "LoginState", "SessionBar", "Way"]
