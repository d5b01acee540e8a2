from . import portal, seal
