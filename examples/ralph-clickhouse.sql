-- The tables of Entraide's reports, as views on Ralph's statements in ClickHouse (24.3 or later).
--
--     clickhouse-client --multiquery < ralph-clickhouse.sql
--
-- Ralph keeps statements in `xapi.xapi_events_all` (RALPH_BACKENDS__LRS__CLICKHOUSE__DATABASE, __EVENT_TABLE_NAME),
-- as does Open edX Aspects: event_id UUID, emission_time DateTime64(6), event String. The views `acts` and `marks`
-- have the columns of xapi/reports/tables.py: any SQL on those runs here. Voided statements, and those that void
-- others, are not in them, nor is a statement twice.

CREATE DATABASE IF NOT EXISTS entraide;

-- Who somebody is, in one text that is the same in every statement of theirs
CREATE FUNCTION IF NOT EXISTS entraide_key AS agent -> multiIf(
    JSONHas(agent, 'account', 'name') AND JSONHas(agent, 'account', 'homePage'),
        concat(JSONExtractString(agent, 'account', 'homePage'), '|', JSONExtractString(agent, 'account', 'name')),
    JSONHas(agent, 'mbox'), concat('mbox_sha1sum|', lower(hex(SHA1(JSONExtractString(agent, 'mbox'))))),
    JSONHas(agent, 'mbox_sha1sum'), concat('mbox_sha1sum|', lower(JSONExtractString(agent, 'mbox_sha1sum'))),
    JSONHas(agent, 'openid'), concat('openid|', JSONExtractString(agent, 'openid')),
    NULL);

-- Activities of a statement's surroundings, which some write as one that stands alone
CREATE FUNCTION IF NOT EXISTS entraide_listed AS (event, name) -> if(
    JSONType(event, 'context', 'contextActivities', name) = 'Object',
    [JSONExtractRaw(event, 'context', 'contextActivities', name)],
    JSONExtractArrayRaw(event, 'context', 'contextActivities', name));

-- The first activity of one of these types; '' where there is none
CREATE FUNCTION IF NOT EXISTS entraide_first AS (activities, types) ->
    arrayFirst(one -> has(types, JSONExtractString(one, 'definition', 'type')), activities);

-- What an activity is called in a language, or else in any
CREATE FUNCTION IF NOT EXISTS entraide_title AS (activity, language) -> nullIf(substringUTF8(if(
    JSONHas(activity, 'definition', 'name', language),
    JSONExtractString(activity, 'definition', 'name', language),
    JSONExtractKeysAndValues(activity, 'definition', 'name', 'String')[1].2), 1, 200), '');

CREATE FUNCTION IF NOT EXISTS entraide_number AS (document, name) ->
    if(JSONType(document, name) IN ('Int64', 'UInt64', 'Double'), JSONExtract(document, name, 'Nullable(Float64)'), NULL);

CREATE OR REPLACE VIEW entraide.kinds AS
SELECT kind.1 AS verb, kind.2 AS act
FROM (
    SELECT arrayJoin([
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
        ('http://id.tincanapi.com/verb/earned', 'earned')]) AS kind
);

-- Each statement taken apart once
CREATE OR REPLACE VIEW entraide.parts AS
SELECT *,
    entraide_first(about, ['https://w3id.org/entraide/xapi/activity-types/contribution',
        'http://id.tincanapi.com/activitytype/solution', 'http://id.tincanapi.com/activitytype/essay',
        'http://activitystrea.ms/article', 'http://activitystrea.ms/schema/1.0/article']) AS work_part,
    entraide_first(about,
        ['http://activitystrea.ms/review', 'http://activitystrea.ms/schema/1.0/review']) AS review_part,
    entraide_first(arrayPushBack(others, thing), ['http://activitystrea.ms/comment',
        'http://activitystrea.ms/schema/1.0/comment', 'http://adlnet.gov/expapi/activities/question']) AS comment_part,
    entraide_first(arrayConcat(about, grouping),
        ['https://w3id.org/xapi/tla/activity-types/competency']) AS skill_part,
    multiIf(
        thing_type = 'https://w3id.org/entraide/xapi/activity-types/peer-activity', thing,
        entraide_first(parents, ['https://w3id.org/entraide/xapi/activity-types/peer-activity']) != '',
            entraide_first(parents, ['https://w3id.org/entraide/xapi/activity-types/peer-activity']),
        entraide_first(parents, [''])) AS activity_part,
    entraide_first(arrayConcat([thing], parents, grouping), ['http://adlnet.gov/expapi/activities/course',
        'http://id.tincanapi.com/activitytype/lms/course',
        'https://w3id.org/xapi/cmi5/activitytype/course']) AS typed_course,
    if(typed_course != '', typed_course, entraide_first(grouping, [''])) AS course_part,
    arrayFirst(one -> arrayExists(
            role -> startsWith(role, 'https://w3id.org/entraide/xapi/activity-types/'),
            JSONExtract(one, 'relevantTypes', 'Array(String)')),
        JSONExtractArrayRaw(event, 'context', 'contextAgents')) AS context_agent
FROM (
    SELECT event_id, emission_time, event,
        JSONExtractString(event, 'verb', 'id') AS verb_id,
        replaceRegexpOne(replaceRegexpOne(verb_id, '/+$', ''), '^https://', 'http://') AS plain_verb,
        JSONExtractRaw(event, 'object') AS thing,
        JSONExtractString(event, 'object', 'definition', 'type') AS thing_type,
        JSONExtractRaw(event, 'context', 'extensions') AS notes,
        JSONExtractRaw(event, 'result', 'extensions') AS told,
        JSONExtractRaw(event, 'result', 'score') AS score,
        JSONExtractString(event, 'result', 'duration') AS duration,
        entraide_listed(event, 'parent') AS parents,
        entraide_listed(event, 'grouping') AS grouping,
        entraide_listed(event, 'other') AS others,
        arrayConcat([thing], others) AS about
    FROM xapi.xapi_events_all
    WHERE plain_verb != 'http://adlnet.gov/expapi/verbs/voided'
        AND JSONExtractString(event, 'actor', 'objectType') != 'Group'
        AND JSONExtractString(event, 'object', 'objectType') != 'SubStatement'
        AND event_id NOT IN (
            SELECT toUUIDOrZero(JSONExtractString(event, 'object', 'id')) FROM xapi.xapi_events_all
            WHERE JSONExtractString(event, 'verb', 'id') = 'http://adlnet.gov/expapi/verbs/voided')
    LIMIT 1 BY event_id
);

CREATE OR REPLACE VIEW entraide.acts AS
SELECT toString(p.event_id) AS id,
    parseDateTime64BestEffortOrNull(JSONExtractString(p.event, 'stored'), 6, 'UTC') AS stored,
    toTimeZone(p.emission_time, 'UTC') AS at,
    multiIf(
        k.act = 'reviewed', transform(
            JSONExtractString(p.notes, 'https://w3id.org/entraide/xapi/extensions/review-kind'),
            ['self', 'staff', 'second-look'], ['self-reviewed', 'staff-reviewed', 'looked-again'], 'reviewed'),
        p.thing_type IN ('http://activitystrea.ms/review', 'http://activitystrea.ms/schema/1.0/review'),
            transform(k.act, ['thanked', 'replied', ''], ['review-thanked', 'review-answered', 'other'], k.act),
        k.act = 'thanked' AND p.thing_type IN ('http://activitystrea.ms/comment',
            'http://activitystrea.ms/schema/1.0/comment', 'http://adlnet.gov/expapi/activities/question'), 'voted',
        k.act = 'answered' AND p.thing_type = 'http://adlnet.gov/expapi/activities/cmi.interaction', 'other',
        p.plain_verb = 'http://adlnet.gov/expapi/verbs/attempted'
            AND p.thing_type = 'https://w3id.org/entraide/xapi/activity-types/scored-example', 'calibrated',
        k.act = '', 'other', k.act) AS act,
    p.verb_id AS verb,
    entraide_key(JSONExtractRaw(p.event, 'actor')) AS actor,
    coalesce(
        entraide_key(JSONExtractRaw(p.notes, 'https://w3id.org/entraide/xapi/extensions/reviewee')),
        entraide_key(JSONExtractRaw(p.notes, 'https://w3id.org/entraide/xapi/extensions/author')),
        entraide_key(JSONExtractRaw(p.notes, 'https://w3id.org/entraide/xapi/extensions/mentioned-person')),
        entraide_key(JSONExtractRaw(p.context_agent, 'agent')),
        if(JSONExtractString(p.thing, 'objectType') = 'Agent', entraide_key(p.thing), NULL)) AS other,
    coalesce(nullIf(JSONExtractString(p.thing, 'id'), ''), entraide_key(p.thing)) AS object,
    if(k.act = 'compared', NULL, nullIf(JSONExtractString(p.work_part, 'id'), '')) AS work,
    nullIf(JSONExtractString(p.review_part, 'id'), '') AS review,
    nullIf(JSONExtractString(p.comment_part, 'id'), '') AS comment,
    nullIf(JSONExtractString(p.activity_part, 'id'), '') AS activity,
    entraide_title(p.activity_part, JSONExtractString(p.event, 'context', 'language')) AS activity_title,
    nullIf(JSONExtractString(p.activity_part, 'definition', 'extensions',
        'https://w3id.org/entraide/xapi/extensions/kind'), '') AS activity_kind,
    nullIf(JSONExtractString(p.course_part, 'id'), '') AS course,
    entraide_title(p.course_part, JSONExtractString(p.event, 'context', 'language')) AS course_title,
    nullIf(JSONExtractString(p.event, 'context', 'registration'), '') AS registration,
    nullIf(JSONExtractString(p.event, 'context', 'platform'), '') AS platform,
    entraide_key(JSONExtractRaw(p.event, 'context', 'team')) AS team,
    nullIf(JSONExtractString(p.event, 'context', 'language'), '') AS language,
    JSONExtractBool(p.notes, 'https://w3id.org/entraide/xapi/extensions/synthetic') AS synthetic,
    coalesce(entraide_number(p.score, 'scaled'), round((raw - low) / nullIf(high - low, 0), 4)) AS scaled,
    entraide_number(p.score, 'raw') AS raw,
    entraide_number(p.score, 'min') AS low,
    entraide_number(p.score, 'max') AS high,
    if(match(p.duration, '^P[0-9]|^PT[0-9]'),
        604800 * toFloat64OrZero(extract(p.duration, '([0-9.]+)W'))
            + 86400 * toFloat64OrZero(extract(p.duration, '([0-9.]+)D'))
            + 3600 * toFloat64OrZero(extract(p.duration, 'T.*?([0-9.]+)H'))
            + 60 * toFloat64OrZero(extract(p.duration, 'T.*?([0-9.]+)M'))
            + toFloat64OrZero(extract(p.duration, 'T.*?([0-9.]+)S')),
        NULL) AS seconds,
    coalesce(
        JSONExtract(p.told, 'https://w3id.org/entraide/xapi/extensions/word-count', 'Nullable(Int32)'),
        if(JSONHas(p.event, 'result', 'response'),
            toInt32(length(extractAll(JSONExtractString(p.event, 'result', 'response'), '\\S+'))), NULL)) AS words,
    JSONExtract(p.told, 'https://w3id.org/entraide/xapi/extensions/revision-number', 'Nullable(Int32)') AS revision,
    nullIf(JSONExtractString(p.told, 'https://w3id.org/entraide/xapi/extensions/winner'), '') AS winner,
    nullIf(JSONExtractString(p.told, 'https://w3id.org/entraide/xapi/extensions/loser'), '') AS loser,
    nullIf(JSONExtractString(p.skill_part, 'id'), '') AS skill
FROM entraide.parts AS p
LEFT JOIN entraide.kinds AS k ON k.verb = p.plain_verb
SETTINGS join_use_nulls = 0;

CREATE OR REPLACE VIEW entraide.marks AS
SELECT m.id, m.review, m.work, m.actor,
    JSONExtractString(m.mark, 'criterion') AS criterion,
    nullIf(substringUTF8(JSONExtractString(m.mark, 'label'), 1, 200), '') AS label,
    entraide_number(m.mark, 'raw') AS raw,
    entraide_number(m.mark, 'min') AS low,
    entraide_number(m.mark, 'max') AS high,
    entraide_number(m.mark, 'scaled') AS scaled
FROM (
    SELECT toString(event_id) AS id,
        nullIf(JSONExtractString(review_part, 'id'), '') AS review,
        nullIf(JSONExtractString(work_part, 'id'), '') AS work,
        entraide_key(JSONExtractRaw(event, 'actor')) AS actor,
        arrayJoin(JSONExtractArrayRaw(told, 'https://w3id.org/entraide/xapi/extensions/rubric')) AS mark
    FROM entraide.parts
) AS m;
