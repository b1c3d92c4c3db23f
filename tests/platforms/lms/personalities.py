"""What differs between LMSs, as data: a recorded Moodle 5.1, and what other vendors and users say."""

from dataclasses import dataclass

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM, LINE_ITEM_READ, RESULT, SCORE = (
    AGS + name for name in ("lineitem", "lineitem.readonly", "result.readonly", "score")
)
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
GROUPS = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
NOTICES = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"

LAUNCH, DEEP_LINKING, REVIEW, PRIVACY = (
    "LtiResourceLinkRequest",
    "LtiDeepLinkingRequest",
    "LtiSubmissionReviewRequest",
    "DataPrivacyLaunchRequest",
)
HELLO, COPIED = "LtiHelloWorldNotice", "LtiContextCopyNotice"

COMMON_VARIABLES = (
    "Context.id", "Context.title", "Context.label", "Context.id.history", "ResourceLink.id",
    "ResourceLink.title", "ResourceLink.description", "User.id", "User.username", "Person.name.full",
    "Person.name.given", "Person.name.family", "Person.email.primary", "Membership.role",
)  # fmt: skip
DATES = tuple(
    f"ResourceLink.{what}.{end}DateTime" for what in ("available", "submission") for end in ("start", "end")
)
WINDOW = ("lti.capabilities", "lti.frameResize", "lti.close", "org.imsglobal.lti.close")


@dataclass(frozen=True)
class Personality:
    """One LMS's ways. What a field's default says is what most of them do."""

    name: str
    family: str = ""  # product_family_code; empty: not sent
    version: str = ""

    # Registration
    issuer: str = ""  # empty: the LMS's own address
    client_id: str = ""  # empty: a new one for each registration
    deployment_id: str = "1"
    messages: tuple[tuple[str, tuple[str, ...]], ...] = ((LAUNCH, ()), (DEEP_LINKING, ()))  # with placements
    dynamic_registration: bool = True
    registration_token: bool = True
    says_deployment: bool = True  # in the answer to a registration; Canvas: only at the first launch
    unsupported_message: int = 0  # the status for a message or placement it does not have; 0: ignores it
    domain_must_match: bool = False  # the tool's domain and its target_link_uri's
    cuts_at_equals: bool = False  # a custom parameter `a=b` comes back as `a`

    # Login and launch
    login_method: str = "GET"
    subjects: tuple[str, ...] = ()  # of window messages that its pages answer, besides storage
    storage_again: bool = False  # lti_storage_target comes with the launch too
    hint_once: bool = False  # the message hint works once
    storage_frame: str = ""  # lti_storage_target; empty: no platform storage
    id_token_life: int = 3600  # seconds
    azp: bool = True
    nbf: bool = False
    institution_roles: bool = False  # sent besides the course's
    assistants_teach: bool = False  # a TeachingAssistant is sent as plain Instructor; on rosters as Learner
    variables: tuple[str, ...] = COMMON_VARIABLES  # others arrive literally
    spreads_custom: bool = False  # custom names come in lower case and with _ for - as well
    submission_review: bool = False
    deep_linking_data: bool = True

    # Service tokens
    token_life: int = 3600  # seconds
    token_type: str = "application/json"
    token_audience: str = ""  # empty: the token URL
    no_token: int = 401
    no_scope: int = 403  # the token lacks the scope
    escapes_slashes: bool = False  # in JSON
    reason_in_status_line: bool = False
    needs_user_agent: bool = False
    scopes: tuple[str, ...] = (LINE_ITEM, LINE_ITEM_READ, RESULT, SCORE, ROSTER)

    # Names and roles
    short_roles: bool = False
    differences: bool = False
    page: int = 0  # members on a page when no limit is asked for; 0: all of them
    next_drops_filters: bool = False  # the next page is asked for without role and rlid
    bookmarks: bool = False  # the next page is a bookmark, whose case matters
    link_style: str = 'rel="next"'
    test_users_on_roster: bool = False
    lists_inactive: bool = False  # suspended people stay on the roster

    # Assignment and grade
    item_query: str = ""  # in the addresses of line items
    own_line_item: bool = True  # a graded link gets a line item of the platform's
    curly_links: bool = False  # Link headers of line items are in curly quotes, with &amp;
    item_hides: tuple[str, ...] = ()  # fields it does not tell
    put_clears: bool = False  # fields that a PUT leaves out are cleared
    put_needs_resource: bool = False  # PUT wants resourceId or resourceLinkId
    label_limit: int = 0
    tag_limit: int = 0
    delete_status: int = 204
    delete_own_status: int = 204  # of the platform's own line item
    score_answer: tuple[int, str] = (200, "OK")  # status and body
    counts: tuple[str, ...] = ("FullyGraded",)  # gradingProgress with which scoreGiven is taken
    stale: int = 409  # the status for a score that is older than the last
    stale_when_equal: bool = False  # and for one in the same second
    unfinished_wipes: bool = False  # a score that is not FullyGraded empties the grade
    attempts: bool = False  # a score makes an attempt unless new_submission is false
    unknown_user: tuple[int, str] = (404, "User not found")
    not_a_learner: tuple[int, str] = (0, "")  # 0: takes scores for anyone
    only_linked_count: bool = False  # only columns of a link reach the gradebook
    caps_scores: bool = False  # at the column's maximum
    hides_zero: bool = False  # a result of 0 comes without resultScore
    filtered_results_lack_comments: bool = False


MOODLE = Personality(
    name="Moodle", family="moodle", version="2025100600.02",
    messages=((LAUNCH, ()), (DEEP_LINKING, ("ContentArea",))), domain_must_match=True, cuts_at_equals=True,
    login_method="POST", hint_once=True, id_token_life=60, azp=False, assistants_teach=True,
    variables=(
        *COMMON_VARIABLES, "CourseSection.title", "CourseSection.label", "Moodle.Person.userGroupIds",
    ),
    submission_review=True, deep_linking_data=False, spreads_custom=True, token_life=60,
    token_type="text/html; charset=utf-8",
    no_scope=401, escapes_slashes=True, reason_in_status_line=True, short_roles=True,
    item_query="type_id=1", next_drops_filters=True, curly_links=True, put_clears=True,
    item_hides=("startDateTime", "endDateTime", "submissionReview"),
    score_answer=(200, ""), stale_when_equal=True, unfinished_wipes=True,
    unknown_user=(400, "Incorrect score received"), not_a_learner=(400, "Incorrect score received"),
    caps_scores=True, hides_zero=True,
)  # fmt: skip

CANVAS = Personality(
    name="Canvas", family="canvas", version="vCloud",
    issuer="https://canvas.instructure.com", client_id="10000000000068",
    deployment_id="106:8865aa05b4b79b64a91a86042e43af5ea8ae79eb",
    messages=(
        (LAUNCH, ("course_navigation", "link_selection", "assignment_selection")),
        (DEEP_LINKING, ("assignment_selection", "link_selection", "editor_button", "module_menu_modal")),
    ),
    says_deployment=False, unsupported_message=422,
    login_method="POST", storage_frame="post_message_forwarding", institution_roles=True,
    variables=(
        *COMMON_VARIABLES, "ResourceLink.available.startDateTime", "ResourceLink.available.endDateTime",
        "ResourceLink.submission.endDateTime", "Canvas.assignment.id", "Canvas.course.id",
        "com.instructure.User.sectionNames",
    ),
    subjects=(
        *WINDOW, "lti.fetchWindowSize", "lti.scrollToTop", "lti.setUnloadMessage", "lti.removeUnloadMessage",
        "lti.showAlert", "lti.screenReaderAlert", "requestFullWindowLaunch",
    ),
    storage_again=True, needs_user_agent=True, no_scope=401,
    scopes=(LINE_ITEM, LINE_ITEM_READ, RESULT, SCORE, ROSTER, NOTICES), page=50,
    bookmarks=True, delete_own_status=401, stale=400, unfinished_wipes=True, attempts=True,
    score_answer=(200, '{"resultUrl":"https://canvas.example/results/1"}'),
    counts=("FullyGraded", "PendingManual"),
    unknown_user=(422, "User not found in course or is not a student"),
    not_a_learner=(422, "User not found in course or is not a student"),
)  # fmt: skip

BLACKBOARD = Personality(
    name="Blackboard", family="BlackboardLearn", version="4000.2.0",
    issuer="https://blackboard.com", client_id="c2f0b5a4-6ff1-4d46-9a34-3c1b2d0e7f11",
    deployment_id="2f5a6d1c-9f3b-4c4e-8a55-5f0f9d4a7b10", dynamic_registration=False,
    storage_frame="lti_storage_frame", subjects=WINDOW, institution_roles=True,
    variables=(*COMMON_VARIABLES, *DATES, "ResourceLink.id.history"),
    scopes=(LINE_ITEM, LINE_ITEM_READ, RESULT, SCORE, ROSTER, GROUPS), differences=True, page=100,
    unknown_user=(400, "User could not be found:"), filtered_results_lack_comments=True, lists_inactive=True,
)  # fmt: skip

D2L = Personality(
    name="D2L", family="desire2learn", version="20.25.11",
    deployment_id="9d1f4a6e-2b7c-4e2f-8f5d-6a3c1b0e9d22", registration_token=False,
    messages=((LAUNCH, ()), (DEEP_LINKING, ()), (REVIEW, ())), submission_review=True,
    storage_frame="_parent", subjects=WINDOW, id_token_life=1800, nbf=True,
    variables=(*COMMON_VARIABLES, "ResourceLink.id.history", "CourseSection.timeFrame.begin"),
    token_audience="https://api.brightspace.com/auth/token",
    scopes=(LINE_ITEM, LINE_ITEM_READ, RESULT, SCORE, ROSTER, GROUPS), page=200,
    unknown_user=(404, "User does not exist"),
    not_a_learner=(403, "User in requested score is not enrolled in the org unit"),
)  # fmt: skip

SAKAI = Personality(
    name="Sakai", family="sakai", version="25.0", storage_frame="_parent", subjects=WINDOW, azp=False,
    variables=(*COMMON_VARIABLES, *DATES, "ResourceLink.id.history"),
    messages=((LAUNCH, ()), (DEEP_LINKING, ()), (PRIVACY, ())),
    scopes=(LINE_ITEM, LINE_ITEM_READ, RESULT, SCORE, ROSTER, NOTICES), differences=True,
    link_style="rel=next", lists_inactive=True, score_answer=(204, ""), not_a_learner=(404, "User not found"),
)  # fmt: skip

OPENEDX = Personality(
    name="Open edX", deployment_id="1", dynamic_registration=False,
    variables=(), no_token=403, put_needs_resource=True,
    label_limit=100, tag_limit=50, delete_status=403, delete_own_status=403, score_answer=(201, "{}"),
    unknown_user=(404, "Not found."), only_linked_count=True,
)  # fmt: skip

PERSONALITIES = (MOODLE, CANVAS, BLACKBOARD, D2L, SAKAI, OPENEDX)
