from odoo import api, models


class CustomerProfile(models.Model):
    """The metrics that a company defined itself: in lists as optional columns, in the form in a group of their own."""

    _inherit = "customer.profile"

    @api.model
    def _manual_fields(self):
        """Fields that people may write; those of metrics are the engine's."""
        return super()._manual_fields() - self.env["customer.metric"]._column_names()

    @api.model
    def _defined_metrics(self):
        """Fields of the metrics of the version in force of the current company, in its order."""
        rules = self.env["customer.metric"]._in_force(self.env.company)
        return [name for name in rules.mapped("technical_name") if name in self._fields]

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        names = self._defined_metrics() if view_type in ("form", "list") else []
        for name in names:
            present = arch.xpath("//field[@name=$name]", name=name)
            if not present and view_type == "list":
                arch.append(arch.makeelement("field", {"name": name, "optional": "hide"}))
            elif not present:
                for group in arch.xpath("//group[@name='defined_metrics']"):
                    group.append(arch.makeelement("field", {"name": name}))
        if not names:
            for group in arch.xpath("//group[@name='defined_metrics']"):
                group.getparent().remove(group)
        return arch, view

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        """Companies have different metrics."""
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, tuple(self._defined_metrics()) if view_type in ("form", "list") else ())
