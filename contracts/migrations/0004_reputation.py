from django.db import migrations

COUNT = """
UPDATE accounts_coachprofile SET
    rating_sum = found.sum, rating_count = found.count, stars = found.stars, sessions_done = found.sessions
FROM (
    SELECT coach.user_id,
        COALESCE(sum(review.stars), 0) AS sum,
        count(review.id) AS count,
        ARRAY(SELECT count(each.id) FILTER (WHERE each.stars = number)
              FROM generate_series(1, 5) AS number
              LEFT JOIN contracts_review each ON each.coach_id = coach.user_id
                  AND each.is_public AND each.withdrawn_at IS NULL
              GROUP BY number ORDER BY number) AS stars,
        (SELECT count(*) FROM scheduling_session session WHERE session.coach_id = coach.user_id
            AND session.outcome = 'completed' AND session.kind <> 'consultation') AS sessions
    FROM accounts_coachprofile coach
    LEFT JOIN contracts_review review
        ON review.coach_id = coach.user_id AND review.is_public AND review.withdrawn_at IS NULL
    GROUP BY coach.user_id
) AS found
WHERE accounts_coachprofile.user_id = found.user_id
"""


class Migration(migrations.Migration):
    """What coaches are known by, counted once from the reviews and sessions there are."""

    dependencies = [
        ("contracts", "0003_numbers"),
        ("accounts", "0005_people_rows"),
        ("scheduling", "0002_open_sessions"),
    ]

    operations = [migrations.RunSQL(COUNT, migrations.RunSQL.noop)]
