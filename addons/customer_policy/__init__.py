from . import versions, models, controllers, engine, report, wizard
from .hooks import post_init_hook, uninstall_hook
