from datetime import datetime, time, timedelta

import pytz
from odoo import Command

MODULE = "customer_policy"
# When the night's run begins, in the time zone of the first company.
NIGHT = time(2, 30)


def post_init_hook(env):
    env["customer.policy"]._integrate_chapter(MODULE)
    companies = env["res.company"].search([], order="id")
    _set_time_zones(env, companies)
    _set_night(env, companies[0])
    # Once, not at each update: an administrator may take it away again.
    for sales_group, group in (("salesman", "user"), ("salesman_all_leads", "all")):
        implied = env.ref(f"{MODULE}.group_customer_{group}")
        env.ref(f"sales_team.group_sale_{sales_group}").implied_ids = [Command.link(implied.id)]
    # Who installs this sees graded customers after a minute, not after a night.
    env["customer.policy.run"]._request(env["res.company"]._customer_policy_companies())


def uninstall_hook(env):
    env["customer.policy"]._keep_clauses(MODULE)


def _set_time_zones(env, companies):
    """Preset the day of companies that are there already: of their contact, their country, else the administrator."""
    admin = env.ref("base.user_admin", raise_if_not_found=False)
    for company in companies:
        zones = pytz.country_timezones.get(company.country_id.code or "", [])
        found = company.partner_id.tz or (zones and zones[0]) or (admin and admin.tz)
        if found:
            company.customer_policy_tz = found


def _set_night(env, company):
    zone = pytz.timezone(company.customer_policy_tz)
    tomorrow = datetime.now(zone).date() + timedelta(days=1)
    begins = zone.localize(datetime.combine(tomorrow, NIGHT)).astimezone(pytz.UTC)
    env.ref(f"{MODULE}.ir_cron_nightly").nextcall = begins.replace(tzinfo=None)
