import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");

// The customer answers: would not recommend us, and says why.
tours.add("customer_satisfaction_answer", {
    steps: () => [
        {trigger: ".o_survey_form button[type=submit]", run: "click"},
        {trigger: ".o_survey_question_scale label:first", run: "click"},
        {trigger: ".o_survey_question_text_box", run: "edit Tour reason"},
        {trigger: ".o_survey_form button[value=finish]", run: "click"},
        {trigger: ".o_survey_finished"},
    ],
});

// Staff: the score on the results page, what was said, and from there the case.
tours.add("customer_satisfaction_results", {
    steps: () => [
        {trigger: ".o_satisfaction_card .o_satisfaction_value"},
        {trigger: ".o_satisfaction_voice:contains(Tour reason)", run: "click"},
        {trigger: ".o_form_view [name=case_id] a, .o_form_view [name=case_id] .o_form_uri", run: "click"},
        {trigger: ".o_form_view [name=subject]"},
        ...stepUtils.discardForm(),
    ],
});
