"""What customers do: answer by link, in the portal, and choose not to be asked."""

import json

from odoo.tests import HttpCase, new_test_user

from .common import SatisfactionCommon


class TestPortal(SatisfactionCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "portal_survey", groups="base.group_portal")
        cls.portal.partner_id.write({"parent_id": cls.customer.id, "email": "p@longhua.example"})
        cls.other = new_test_user(cls.env, "portal_other", groups="base.group_portal")

    def submit(self, given, answers):
        """What the page of the questionnaire sends; returns the answer of the server."""
        for step, data in (("begin", {}), ("submit", answers)):
            url = f"/survey/{step}/{given.survey_id.access_token}/{given.access_token}"
            response = self.url_open(
                url, data=json.dumps({"params": data}), headers={"Content-Type": "application/json"}
            )
        return response.json()["result"]

    def test_answered_once(self):
        invitation = self.invite()
        given = invitation.user_input_ids
        data = {str(self.nps._main_question().id): "4"}
        page = self.url_open(invitation.link)
        self.assertEqual(page.status_code, 200)
        self.submit(given, data)
        self.env.invalidate_all()
        self.assertEqual((invitation.state, invitation.answer_ids.mapped("score")), ("answered", [4]))
        refused = self.submit(given, {str(self.nps._main_question().id): "10"})
        self.assertIn("error", refused[1])
        self.env.invalidate_all()
        self.assertEqual(invitation.answer_ids.mapped("score"), [4])

    def test_bad_links(self):
        invitation = self.invite()
        forged = self.url_open(invitation.link[:-4] + "0000")
        self.assertNotIn("survey_start", forged.text)
        self.assertEqual(self.url_open(f"/survey-invitation/{invitation.id}/forged/no-more").status_code, 404)
        self.assertFalse(self.customer.satisfaction_opt_out)
        self.nps.active = False
        self.assertIn("closed", self.url_open(invitation.link).text.lower())

    def test_colleague_at_the_same_computer(self):
        """Somebody else is logged in: the link of the mail still works."""
        invitation = self.invite()
        self.authenticate("portal_other", "portal_other")
        self.submit(invitation.user_input_ids, {str(self.nps._main_question().id): "9"})
        self.env.invalidate_all()
        self.assertEqual(invitation.answer_ids.mapped("score"), [9])
        self.assertEqual(invitation.answer_ids.contact_id, self.customer)

    def test_own_invitations_only(self):
        mine = self.invite(self.portal.partner_id)
        foreign = self.invite(self.new_customer("Foreign"), self.csat)
        self.authenticate("portal_survey", "portal_survey")
        page = self.url_open("/my/surveys").text
        self.assertIn(mine.user_input_ids.access_token, page)
        self.assertNotIn(foreign.user_input_ids.access_token, page)
        self.assertEqual(self.url_open("/my/home").status_code, 200)
        self.authenticate("portal_other", "portal_other")
        self.assertNotIn(mine.user_input_ids.access_token, self.url_open("/my/surveys").text)

    def test_opt_out_from_the_mail(self):
        """Opening the link changes nothing (link scanners do that); its page sends itself off, mail programs post."""
        invitation = self.invite()
        url = invitation._get_decline_url().removeprefix(invitation.get_base_url())
        self.assertEqual(self.url_open(url).status_code, 200)
        self.customer.invalidate_recordset()
        self.assertFalse(self.customer.satisfaction_opt_out)
        self.assertEqual(self.url_open(url, data={"List-Unsubscribe": "One-Click"}).status_code, 200)
        self.env.invalidate_all()
        self.assertTrue(self.customer.satisfaction_opt_out)
        self.assertEqual(invitation.state, "declined")
        self.url_open(url, data={"again": "1"})
        self.env.invalidate_all()
        self.assertFalse(self.customer.satisfaction_opt_out)
        self.assertEqual(invitation.state, "sent")

    def test_opt_out_in_the_portal(self):
        self.authenticate("portal_survey", "portal_survey")
        token = self.url_open("/my/surveys").text.split('name="csrf_token" value="')[1].split('"')[0]
        self.url_open("/my/surveys/opt-out", data={"csrf_token": token, "opt_out": "1"})
        self.portal.partner_id.invalidate_recordset()
        self.assertTrue(self.portal.partner_id.satisfaction_opt_out)
