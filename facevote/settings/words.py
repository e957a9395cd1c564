"""Languages and the clock."""

from __future__ import annotations

from facevote.settings.instance import BASE_DIR, env

# Only languages into which every word is translated. Django itself knows a hundred, and would put
# its own words in them between ours. A language is added with its complete catalogue in locale/.
LANGUAGES = [("en", "English")]
LANGUAGE_CODE = env.one_of("LANGUAGE_CODE", "en", tuple(code for code, _name in LANGUAGES))
TIME_ZONE = env.zone("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["facevote.formats"]
