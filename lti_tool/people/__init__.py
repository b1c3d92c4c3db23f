"""Who is here: platform, deployment, course, person, enrolment."""
