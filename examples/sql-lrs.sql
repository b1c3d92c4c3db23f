-- The tables of Entraide's reports, as views on Yet Analytics' SQL LRS (PostgreSQL 13 or later).
--
--     psql lrsql_db < sql-lrs.sql
--
-- The views `acts` and `marks` have the columns of xapi/reports/tables.py: any SQL on those runs here. They see
-- what is stored at that moment; voided statements, and those that void others, are not in them.

CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE SCHEMA IF NOT EXISTS entraide;

-- Who somebody is, in one text that is the same in every statement of theirs
CREATE OR REPLACE FUNCTION entraide.agent_key(agent jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(
        (agent -> 'account' ->> 'homePage') || '|' || (agent -> 'account' ->> 'name'),
        'mbox_sha1sum|' || encode(digest(agent ->> 'mbox', 'sha1'), 'hex'),
        'mbox_sha1sum|' || lower(agent ->> 'mbox_sha1sum'),
        'openid|' || (agent ->> 'openid'))
$$;

-- Activities of a statement's surroundings, which some write as one that stands alone
CREATE OR REPLACE FUNCTION entraide.listed(activities jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE jsonb_typeof(activities) WHEN 'array' THEN activities
        WHEN 'object' THEN jsonb_build_array(activities) ELSE '[]' END
$$;

-- What an activity is called in a language, or else in any
CREATE OR REPLACE FUNCTION entraide.title(activity jsonb, language text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT left(coalesce(
        activity #>> ARRAY['definition', 'name', language],
        (SELECT value FROM jsonb_each_text(activity -> 'definition' -> 'name') LIMIT 1)), 200)
$$;

CREATE OR REPLACE VIEW entraide.kinds (verb, act) AS VALUES
    ('http://adlnet.gov/expapi/verbs/launched', 'launched'),
    ('http://id.tincanapi.com/verb/viewed', 'viewed'),
    ('http://adlnet.gov/expapi/verbs/experienced', 'viewed'),
    ('http://activitystrea.ms/open', 'viewed'),
    ('http://activitystrea.ms/submit', 'submitted'),
    ('http://activitystrea.ms/schema/1.0/submit', 'submitted'),
    ('http://w3id.org/xapi/dod-isd/verbs/revised', 'revised'),
    ('http://adlnet.gov/expapi/verbs/shared', 'shared'),
    ('http://activitystrea.ms/share', 'shared'),
    ('http://activitystrea.ms/schema/1.0/share', 'shared'),
    ('http://w3id.org/entraide/xapi/verbs/assigned-review', 'assigned'),
    ('http://activitystrea.ms/return', 'returned'),
    ('http://id.tincanapi.com/verb/reviewed', 'reviewed'),
    ('http://id.tincanapi.com/verb/rated', 'rated'),
    ('http://w3id.org/xapi/dod-isd/verbs/ranked', 'compared'),
    ('http://w3id.org/xapi/tla/verbs/scored', 'scored'),
    ('http://adlnet.gov/expapi/verbs/scored', 'scored'),
    ('http://adlnet.gov/expapi/verbs/completed', 'completed'),
    ('http://adlnet.gov/expapi/verbs/passed', 'passed'),
    ('http://adlnet.gov/expapi/verbs/failed', 'failed'),
    ('http://adlnet.gov/expapi/verbs/commented', 'commented'),
    ('http://w3id.org/xapi/acrossx/verbs/posted', 'commented'),
    ('http://id.tincanapi.com/verb/replied', 'replied'),
    ('http://adlnet.gov/expapi/verbs/responded', 'replied'),
    ('http://id.tincanapi.com/verb/mentioned', 'mentioned'),
    ('http://adlnet.gov/expapi/verbs/mentioned', 'mentioned'),
    ('http://adlnet.gov/expapi/verbs/asked', 'asked'),
    ('http://adlnet.gov/expapi/verbs/answered', 'answered'),
    ('http://w3id.org/openedx/verb/voted', 'voted'),
    ('http://id.tincanapi.com/verb/voted-up', 'voted'),
    ('http://activitystrea.ms/accept', 'accepted'),
    ('http://activitystrea.ms/schema/1.0/accept', 'accepted'),
    ('http://w3id.org/entraide/xapi/verbs/endorsed', 'endorsed'),
    ('http://w3id.org/xapi/acrossx/verbs/liked', 'thanked'),
    ('http://activitystrea.ms/like', 'thanked'),
    ('http://activitystrea.ms/schema/1.0/like', 'thanked'),
    ('http://w3id.org/xapi/dod-isd/verbs/applied', 'applied'),
    ('http://activitystrea.ms/disagree', 'disagreed'),
    ('http://activitystrea.ms/schema/1.0/disagree', 'disagreed'),
    ('http://id.tincanapi.com/verb/earned', 'earned');

-- Each statement taken apart once
CREATE OR REPLACE VIEW entraide.parts AS
SELECT t.*,
    jsonb_path_query_first(about, '$[*] ? (@.definition.type == "https://w3id.org/entraide/xapi/activity-types/contribution"
        || @.definition.type == "http://id.tincanapi.com/activitytype/solution"
        || @.definition.type == "http://id.tincanapi.com/activitytype/essay"
        || @.definition.type == "http://activitystrea.ms/article"
        || @.definition.type == "http://activitystrea.ms/schema/1.0/article")') ->> 'id' AS work,
    jsonb_path_query_first(about, '$[*] ? (@.definition.type == "http://activitystrea.ms/review"
        || @.definition.type == "http://activitystrea.ms/schema/1.0/review")') ->> 'id' AS review,
    jsonb_path_query_first(others || jsonb_build_array(object), '$[*] ? (
        @.definition.type == "http://activitystrea.ms/comment"
        || @.definition.type == "http://activitystrea.ms/schema/1.0/comment"
        || @.definition.type == "http://adlnet.gov/expapi/activities/question")') ->> 'id' AS comment,
    jsonb_path_query_first(about || grouping,
        '$[*] ? (@.definition.type == "https://w3id.org/xapi/tla/activity-types/competency")') ->> 'id' AS skill,
    CASE WHEN object_type = 'https://w3id.org/entraide/xapi/activity-types/peer-activity' THEN object
        ELSE coalesce(
            jsonb_path_query_first(parents,
                '$[*] ? (@.definition.type == "https://w3id.org/entraide/xapi/activity-types/peer-activity")'),
            jsonb_path_query_first(parents, '$[*] ? (!exists(@.definition.type))')) END AS activity,
    jsonb_path_query_first(jsonb_build_array(object) || parents || grouping, '$[*] ? (
        @.definition.type == "http://adlnet.gov/expapi/activities/course"
        || @.definition.type == "http://id.tincanapi.com/activitytype/lms/course"
        || @.definition.type == "https://w3id.org/xapi/cmi5/activitytype/course")') AS typed_course,
    jsonb_path_query_first(grouping, '$[*] ? (!exists(@.definition.type))') AS untyped_course
FROM (
    SELECT statement_id::text AS id, stored, payload,
        payload -> 'verb' ->> 'id' AS verb,
        regexp_replace(rtrim(payload -> 'verb' ->> 'id', '/'), '^https://', 'http://') AS plain_verb,
        payload -> 'object' AS object,
        payload -> 'object' -> 'definition' ->> 'type' AS object_type,
        payload -> 'context' AS context,
        payload -> 'context' -> 'extensions' AS notes,
        payload -> 'result' AS result,
        payload -> 'result' -> 'extensions' AS told,
        payload -> 'result' -> 'score' AS score,
        entraide.listed(payload #> '{context,contextActivities,parent}') AS parents,
        entraide.listed(payload #> '{context,contextActivities,grouping}') AS grouping,
        entraide.listed(payload #> '{context,contextActivities,other}') AS others,
        jsonb_build_array(payload -> 'object')
            || entraide.listed(payload #> '{context,contextActivities,other}') AS about
    FROM (
        SELECT statement_id, coalesce(stored, (payload ->> 'stored')::timestamptz) AS stored, payload::jsonb AS payload
        FROM xapi_statement
        WHERE NOT is_voided AND verb_iri <> 'http://adlnet.gov/expapi/verbs/voided'
    ) AS s
) AS t;

CREATE OR REPLACE VIEW entraide.acts AS
SELECT p.id,
    p.stored AT TIME ZONE 'UTC' AS stored,
    (p.payload ->> 'timestamp')::timestamptz AT TIME ZONE 'UTC' AS "at",
    CASE
        WHEN k.act = 'reviewed' THEN
            CASE p.notes ->> 'https://w3id.org/entraide/xapi/extensions/review-kind'
                WHEN 'self' THEN 'self-reviewed' WHEN 'staff' THEN 'staff-reviewed'
                WHEN 'second-look' THEN 'looked-again' ELSE 'reviewed' END
        WHEN p.object_type IN ('http://activitystrea.ms/review', 'http://activitystrea.ms/schema/1.0/review')
            THEN CASE k.act WHEN 'thanked' THEN 'review-thanked' WHEN 'replied' THEN 'review-answered'
                ELSE coalesce(k.act, 'other') END
        WHEN k.act = 'thanked' AND p.object_type IN (
            'http://activitystrea.ms/comment', 'http://activitystrea.ms/schema/1.0/comment',
            'http://adlnet.gov/expapi/activities/question') THEN 'voted'
        WHEN k.act = 'answered' AND p.object_type = 'http://adlnet.gov/expapi/activities/cmi.interaction' THEN 'other'
        WHEN p.plain_verb = 'http://adlnet.gov/expapi/verbs/attempted'
            AND p.object_type = 'https://w3id.org/entraide/xapi/activity-types/scored-example' THEN 'calibrated'
        ELSE coalesce(k.act, 'other')
    END AS act,
    p.verb,
    entraide.agent_key(p.payload -> 'actor') AS actor,
    coalesce(
        entraide.agent_key(p.notes -> 'https://w3id.org/entraide/xapi/extensions/reviewee'),
        entraide.agent_key(p.notes -> 'https://w3id.org/entraide/xapi/extensions/author'),
        entraide.agent_key(p.notes -> 'https://w3id.org/entraide/xapi/extensions/mentioned-person'),
        entraide.agent_key(jsonb_path_query_first(p.context -> 'contextAgents', '$[*] ? (@.relevantTypes[*]
            starts with "https://w3id.org/entraide/xapi/activity-types/").agent')),
        CASE p.object ->> 'objectType' WHEN 'Agent' THEN entraide.agent_key(p.object) END) AS other,
    coalesce(p.object ->> 'id', entraide.agent_key(p.object)) AS object,
    CASE WHEN k.act IS DISTINCT FROM 'compared' THEN p.work END AS work,
    p.review,
    p.comment,
    p.activity ->> 'id' AS activity,
    entraide.title(p.activity, p.context ->> 'language') AS activity_title,
    p.activity -> 'definition' -> 'extensions' ->> 'https://w3id.org/entraide/xapi/extensions/kind' AS activity_kind,
    coalesce(p.typed_course, p.untyped_course) ->> 'id' AS course,
    entraide.title(coalesce(p.typed_course, p.untyped_course), p.context ->> 'language') AS course_title,
    p.context ->> 'registration' AS registration,
    p.context ->> 'platform' AS platform,
    entraide.agent_key(p.context -> 'team') AS team,
    p.context ->> 'language' AS language,
    coalesce(p.notes -> 'https://w3id.org/entraide/xapi/extensions/synthetic' = 'true', false) AS synthetic,
    coalesce((p.score ->> 'scaled')::float8,
        round((((p.score ->> 'raw')::float8 - (p.score ->> 'min')::float8)
            / nullif((p.score ->> 'max')::float8 - (p.score ->> 'min')::float8, 0))::numeric, 4)::float8) AS scaled,
    (p.score ->> 'raw')::float8 AS raw,
    (p.score ->> 'min')::float8 AS low,
    (p.score ->> 'max')::float8 AS high,
    extract(epoch FROM (p.result ->> 'duration')::interval)::float8 AS seconds,
    coalesce((p.told ->> 'https://w3id.org/entraide/xapi/extensions/word-count')::integer,
        array_length(regexp_split_to_array(nullif(btrim(p.result ->> 'response'), ''), '\s+'), 1)) AS words,
    (p.told ->> 'https://w3id.org/entraide/xapi/extensions/revision-number')::integer AS revision,
    p.told ->> 'https://w3id.org/entraide/xapi/extensions/winner' AS winner,
    p.told ->> 'https://w3id.org/entraide/xapi/extensions/loser' AS loser,
    p.skill
FROM entraide.parts AS p
LEFT JOIN entraide.kinds AS k ON k.verb = p.plain_verb
WHERE p.payload -> 'actor' ->> 'objectType' IS DISTINCT FROM 'Group'
    AND p.object ->> 'objectType' IS DISTINCT FROM 'SubStatement';

CREATE OR REPLACE VIEW entraide.marks AS
SELECT a.id, a.review, a.work, a.actor, m.mark ->> 'criterion' AS criterion, left(m.mark ->> 'label', 200) AS label,
    (m.mark ->> 'raw')::float8 AS raw, (m.mark ->> 'min')::float8 AS low, (m.mark ->> 'max')::float8 AS high,
    (m.mark ->> 'scaled')::float8 AS scaled
FROM entraide.acts AS a
JOIN entraide.parts AS p ON p.id = a.id
CROSS JOIN LATERAL jsonb_array_elements(
    entraide.listed(p.told -> 'https://w3id.org/entraide/xapi/extensions/rubric')) AS m (mark);
