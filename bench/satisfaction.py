"""Benchmark of the scores: a million answers, counted in SQL."""

from statistics import median

from odoo.tools import SQL

from .report import result
from .scene import company_of, timed, undone

ANSWERS = 1_000_000
# Shares of promoters and detractors that the answers are made with: of ten, five and two.
SHARES = (0.5, 0.2)


def bench_nps(scene, _options):
    """NPS with its interval for a million answers; besides, the same by grade and the whole page of results."""
    scene.grade()
    with scene.environment() as env, undone(env):
        _insert(env)
        results = env["customer.satisfaction.result"]
        runs = [timed(results._get_scores) for _run in range(5)]
        score = runs[0][1][None, "nps"]
        by_grade, scores = timed(lambda: results._get_scores(key=results._key("grade")))
        page, _values = timed(lambda: results.load("nps", "grade", 12))
    promoters, detractors = SHARES
    share = promoters - detractors
    margin = 1.96 * (10_000 * (promoters + detractors - share**2) / ANSWERS) ** 0.5
    seconds = median(seconds for seconds, _scores in runs)
    return result(
        "satisfaction.nps",
        round(seconds, 3),
        2,
        "s",
        {**scene.on, "answers": score.n},
        ok=score.n == ANSWERS
        and abs(score.value - 100 * share) < 1e-9
        and abs(score.margin - margin) < 1e-9
        and sum(found.n for found in scores.values()) == ANSWERS,
        nps=f"{score.value:.1f} ± {score.margin:.2f}",
        seconds_by_grade=round(by_grade, 3),
        seconds_page=round(page, 3),
    )


def _insert(env):
    """Answers of a year, spread over the customers and their grades: of each ten, five 9s and 10s, three 7s and 8s,
    two from 0 to 6."""
    survey = env.ref("customer_satisfaction.survey_relationship")
    env.cr.execute("SET LOCAL session_replication_role = replica")  # no foreign key is checked row by row
    env.cr.execute(
        SQL(
            """INSERT INTO customer_satisfaction_answer
                      (date, company_id, survey_id, question_id, metric, score, nps_value, is_low, channel, given_key,
                       partner_id, contact_id, grade_id)
               SELECT CURRENT_DATE - n %% 360, %(company)s, %(survey)s, %(question)s, 'nps', score,
                      CASE WHEN score >= 9 THEN 100 WHEN score <= 6 THEN -100 ELSE 0 END, score <= 6, 'mail', n,
                      p.partner_id, p.partner_id, p.grade_id
                 FROM (SELECT n, (ARRAY[9, 10, 9, 10, 9, 7, 8, 7, n / 10 %% 7, n / 70 %% 7])[1 + n %% 10] AS score
                         FROM GENERATE_SERIES(1, %(count)s) n) given
                 JOIN (SELECT partner_id, grade_id, ROW_NUMBER() OVER (ORDER BY id) AS place
                         FROM customer_profile WHERE company_id = %(company)s) p
                   ON p.place = 1 + n / 10 %% %(customers)s""",
            company=company_of(env).id,
            customers=env["customer.profile"].search_count([("company_id", "=", company_of(env).id)]),
            survey=survey.id,
            question=survey._main_question().id,
            count=ANSWERS,
        )
    )
    env.cr.execute("SET LOCAL session_replication_role = DEFAULT")
    env.cr.execute("ANALYZE customer_satisfaction_answer")
    env.invalidate_all()
