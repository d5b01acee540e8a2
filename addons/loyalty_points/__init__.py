from . import controllers, engine, models, report
from .hooks import post_init_hook, uninstall_hook
