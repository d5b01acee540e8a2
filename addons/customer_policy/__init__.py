from . import versions, models, engine, controllers, report, wizard
from .hooks import post_init_hook, uninstall_hook
