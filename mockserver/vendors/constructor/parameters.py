"""The exam parameters that have defaults: rules, scores and visible warnings."""

from collections.abc import Mapping
from typing import NamedTuple

RULES: Mapping[str, bool | str] = {
    "allow_to_use_websites": False,
    "allow_to_use_books": False,
    "allow_to_use_paper": True,
    "allow_to_use_messengers": False,
    "allow_to_use_calculator": True,
    "allow_to_use_excel": False,
    "allow_to_use_human_assistant": False,
    "allow_absence_in_frame": False,
    "allow_voices": False,
    "allow_wrong_gaze_direction": False,
    "custom_rules": "",
}

VISIBLE_WARNINGS: Mapping[str, bool] = {
    "warning_extra_user_in_frame": True,
    "warning_substitution_user": True,
    "warning_no_user_in_frame": True,
    "warning_avert_eyes": True,
    "warning_change_active_window_on_computer": True,
    "warning_voice_detected": True,
    "warning_phone": True,
    "warning_forbidden_device": True,
}


class Score(NamedTuple):
    """A score parameter in both of its spellings."""

    camel: str
    snake: str
    default: int | float


CHEATER_LEVEL = Score("cheaterLevel", "cheater_level", 80)

_WEIGHTS: Mapping[str, Score] = {
    "WARNING_EXTRA_USER_IN_FRAME": Score("extraUserInFrame", "extra_user", 1.0),
    "WARNING_SUBSTITUTION_USER": Score("substitutionUser", "user_replaced", 1.0),
    "WARNING_NO_USER_IN_FRAME": Score("noUserInFrame", "absent_user", 2.0),
    "WARNING_AVERT_EYES": Score("avertEyes", "look_away", 1.5),
    "WARNING_CHANGE_ACTIVE_WINDOW_ON_COMPUTER": Score("changeActiveWindowOnComputer", "active_window_changed", 1.0),
    "WARNING_FORBIDDEN_DEVICE": Score("forbiddenDevice", "forbidden_device", 1.0),
    "WARNING_VOICE_DETECTED": Score("voiceDetected", "voice", 1.0),
    "WARNING_PHONE": Score("phone", "phone", 1.0),
}

SCORES = (CHEATER_LEVEL, *_WEIGHTS.values())

WARNINGS = (
    *_WEIGHTS,
    "WARNING_TIMEOUT",
    "WARNING_TALK",
    "WARNING_FORBIDDEN_SOFTWARE",
    "WARNING_EXTRA_DISPLAY",
    "WARNING_BOOKS",
    "WARNING_CHEATER",
    "WARNING_MIC_MUTED",
    "WARNING_MIC_NO_SOUND",
    "WARNING_MIC_NO_DEVICE_CONNECTED",
    "WARNING_CAMERA_NO_PICTURE",
    "WARNING_CAMERA_NO_DEVICE_CONNECTED",
    "WARNING_NONVERBAL",
    "WARNING_PHONE_SCREEN",
    "WARNING_NO_PING",
    "WARNING_DESKTOP_REQUEST_PENDING",
)

Scores = Mapping[str, int | float | None]


def in_effect(given: Scores | None) -> dict[str, int | float]:
    """Return every score parameter, defaults filled in.

    They are spelled as they were given, in camelCase where both spellings or none were. A parameter given in both
    counts as its camelCase says.
    """
    names = {name for name, value in (given or {}).items() if value is not None}
    snake = bool(names) and names <= {score.snake for score in SCORES}
    return {score.snake if snake else score.camel: _value(score, given) for score in SCORES}


def threshold(given: Scores | None) -> int | float:
    """Return the score above which a result is negative."""
    return _value(CHEATER_LEVEL, given)


def weight(warning: str, given: Scores | None) -> int | float:
    """Return how much a type of warning counts; those without a parameter of their own count once."""
    score = _WEIGHTS.get(warning)
    return 1.0 if score is None else _value(score, given)


def _value(score: Score, given: Scores | None) -> int | float:
    said = given or {}
    for name in (score.camel, score.snake):
        value = said.get(name)
        if value is not None:
            return value
    return score.default
