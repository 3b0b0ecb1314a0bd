"""What the types of warnings are called, in the languages that a result names them in."""

from collections.abc import Mapping

TITLES: Mapping[str, Mapping[str, str]] = {
    "WARNING_EXTRA_USER_IN_FRAME": {"en": "Another person in view", "de": "Weitere Person im Bild"},
    "WARNING_SUBSTITUTION_USER": {"en": "Different person", "de": "Andere Person"},
    "WARNING_NO_USER_IN_FRAME": {"en": "Nobody in view", "de": "Niemand im Bild"},
    "WARNING_AVERT_EYES": {"en": "Looking away", "de": "Abgewandter Blick"},
    "WARNING_TIMEOUT": {"en": "Time exceeded", "de": "Zeit überschritten"},
    "WARNING_CHANGE_ACTIVE_WINDOW_ON_COMPUTER": {"en": "Other window in front", "de": "Anderes Fenster im Vordergrund"},
    "WARNING_TALK": {"en": "Conversation", "de": "Gespräch"},
    "WARNING_FORBIDDEN_SOFTWARE": {"en": "Software not allowed", "de": "Unerlaubte Software"},
    "WARNING_FORBIDDEN_DEVICE": {"en": "Device not allowed", "de": "Unerlaubtes Gerät"},
    "WARNING_VOICE_DETECTED": {"en": "Voice heard", "de": "Stimme zu hören"},
    "WARNING_EXTRA_DISPLAY": {"en": "Second display", "de": "Zweiter Bildschirm"},
    "WARNING_BOOKS": {"en": "Books", "de": "Bücher"},
    "WARNING_CHEATER": {"en": "Cheating", "de": "Täuschung"},
    "WARNING_MIC_MUTED": {"en": "Microphone muted", "de": "Mikrofon stumm"},
    "WARNING_MIC_NO_SOUND": {"en": "No sound", "de": "Kein Ton"},
    "WARNING_MIC_NO_DEVICE_CONNECTED": {"en": "No microphone", "de": "Kein Mikrofon"},
    "WARNING_CAMERA_NO_PICTURE": {"en": "No picture", "de": "Kein Bild"},
    "WARNING_CAMERA_NO_DEVICE_CONNECTED": {"en": "No camera", "de": "Keine Kamera"},
    "WARNING_NONVERBAL": {"en": "Signs to somebody", "de": "Zeichen an andere"},
    "WARNING_PHONE": {"en": "Telephone", "de": "Telefon"},
    "WARNING_PHONE_SCREEN": {"en": "Telephone's screen", "de": "Bildschirm eines Telefons"},
    "WARNING_NO_PING": {"en": "Connection lost", "de": "Verbindung verloren"},
    "WARNING_DESKTOP_REQUEST_PENDING": {"en": "Screen not shared yet", "de": "Bildschirm noch nicht freigegeben"},
}
