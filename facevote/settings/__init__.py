"""Settings, read once from the environment. A clone runs with none of them set.

Each file holds one concern; Django reads them here, as one module.
"""

from facevote.settings.api import *
from facevote.settings.applications import *
from facevote.settings.files import *
from facevote.settings.headers import *
from facevote.settings.instance import *
from facevote.settings.log import *
from facevote.settings.mail import *
from facevote.settings.oidc import *
from facevote.settings.operation import *
from facevote.settings.policy import *
from facevote.settings.sign_in import *
from facevote.settings.stores import *
from facevote.settings.tasks import *
from facevote.settings.words import *
