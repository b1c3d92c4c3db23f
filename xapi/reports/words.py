"""What a report says besides its numbers and its measures' own words, in English and in French."""

from collections.abc import Mapping

from xapi.reports.measures.model import Language, Words

WORDS: Mapping[str, Words] = {
    # The first page
    "title": {"en": "Does peer learning flow?", "fr": "L’entraide circule-t-elle\u202f?"},
    "reach": {"en": "Reach", "fr": "Portée"},
    "speed": {"en": "Speed", "fr": "Rapidité"},
    "quality": {"en": "Quality", "fr": "Qualité"},
    "use": {"en": "Use", "fr": "Usage"},
    "links": {"en": "Links", "fr": "Liens"},
    "period": {"en": "{since} to {until}", "fr": "Du {since} au {until}"},
    "all_courses": {"en": "All courses", "fr": "Tous les cours"},
    "synthetic": {"en": "Invented people, of a demo or a test.", "fr": "Personnes inventées, pour un essai."},
    "own_definition": {"en": "Definition of this report", "fr": "Définition de ce rapport"},
    "before": {"en": "Period before: {value}", "fr": "Période d’avant\u202f: {value}"},
    "speaks_of": {"en": "n = {people} people", "fr": "n = {people} personnes"},
    "meaning": {"en": "What this means", "fr": "Ce que cela veut dire"},
    "numbers": {"en": "The numbers", "fr": "Les chiffres"},
    "files": {"en": "Files", "fr": "Fichiers"},
    "no_trend": {
        "en": "Charts by week come with the second week.",
        "fr": "Les graphiques par semaine viendront à la deuxième semaine.",
    },
    "nothing_said": {
        "en": "Nothing to tell of this in this period.",
        "fr": "Rien à dire à ce sujet dans cette période.",
    },
    "too_few": {
        "en": "Fewer than {least} people: too few to show.",
        "fr": "Moins de {least} personnes\u202f: trop peu pour le montrer.",
    },
    "empty": {
        "en": "No statement in this period; the newest is from {newest}. Without --since and --until, the "
        "report shows all.",
        "fr": "Aucun énoncé dans cette période\u202f; le plus récent est du {newest}. Sans --since ni "
        "--until, le rapport montre tout.",
    },
    "empty_unused": {
        "en": "Statements have come, and none of them could be used. What was left out, and why, is below.",
        "fr": "Des énoncés sont arrivés, mais aucun n’a pu servir. Ce qui a été laissé de côté est plus bas.",
    },
    "empty_all": {
        "en": "No statement has come yet.",
        "fr": "Aucun énoncé n’est encore arrivé.",
    },
    "incomplete": {
        "en": "The LRS could not be read to the end: {problem}. This report is on what was read, and nothing "
        "is lost. Run it again: it goes on from there.",
        "fr": "Le LRS n’a pas été lu jusqu’au bout\u202f: {problem}. Ce rapport porte sur ce qui a été lu, "
        "et rien n’est perdu. Relancez-le\u202f: il continuera de là.",
    },
    # On a terminal
    "unread": {"en": "The LRS cannot be read: {problem}.", "fr": "Le LRS est illisible\u202f: {problem}."},
    "waits": {
        "en": "The LRS: {problem}. Next try in {seconds} s.",
        "fr": "Le LRS\u202f: {problem}. Nouvel essai dans {seconds} s.",
    },
    "begun": {"en": "{read} statements, {rate}/s", "fr": "{read} énoncés, {rate}/s"},
    "reached": {
        "en": "{read} statements, {rate}/s, stored {day}",
        "fr": "{read} énoncés, {rate}/s, enregistrés le {day}",
    },
    "told_read": {
        "en": "{read} statements read now, {acts} in the report’s cache.",
        "fr": "{read} énoncés lus à l’instant, {acts} dans le cache du rapport.",
    },
    "told_left_out": {
        "en": "Left out: {count}, {reason}.",
        "fr": "Laissés de côté\u202f: {count}, {reason}.",
    },
    # Sections
    "contents": {"en": "In this report", "fr": "Dans ce rapport"},
    "participation": {"en": "Who takes part, who is missing", "fr": "Qui participe, qui manque"},
    "exchange": {"en": "Given and received", "fr": "Donné et reçu"},
    "network": {"en": "Who helps whom", "fr": "Qui aide qui"},
    "waiting": {"en": "How long people wait", "fr": "Combien de temps on attend"},
    "feedback": {
        "en": "Is feedback good, and does it change anything?",
        "fr": "Les retours sont-ils utiles\u202f?",
    },
    "trust": {"en": "Can the scores be trusted?", "fr": "Peut-on se fier aux scores\u202f?"},
    "using": {"en": "Is it used?", "fr": "Cela sert-il\u202f?"},
    "left_out": {"en": "What was left out", "fr": "Ce qui a été laissé de côté"},
    "definitions": {"en": "What each measure means", "fr": "Ce que veut dire chaque mesure"},
    "made": {"en": "How this report was made", "fr": "Comment ce rapport est fait"},
    # Tables
    "measure": {"en": "Measure", "fr": "Mesure"},
    "value": {"en": "Value", "fr": "Valeur"},
    "range": {"en": "Range", "fr": "Étendue"},
    "n": {"en": "n", "fr": "n"},
    "cases": {"en": "Cases", "fr": "Cas"},
    "earlier": {"en": "Period before", "fr": "Période d’avant"},
    "ranges": {
        "en": "Range: the middle half beside a median, else the 95% interval. n: people. A dash: none, or "
        "too few people to show. Points are of 100.",
        "fr": "Étendue\u202f: la moitié centrale pour une médiane, sinon l’intervalle à 95\u202f%. "
        "n\u202f: les personnes. Un tiret\u202f: rien, ou trop peu de personnes. Les points sont sur 100.",
    },
    "by_course": {"en": "By course", "fr": "Par cours"},
    "by_activity": {"en": "By activity", "fr": "Par activité"},
    "by_kind": {"en": "By kind of activity", "fr": "Par genre d’activité"},
    "by_use": {"en": "What becomes of contributions", "fr": "Ce que deviennent les contributions"},
    "by_team": {"en": "By team", "fr": "Par équipe"},
    "by_week": {"en": "By week", "fr": "Par semaine"},
    "given_received": {"en": "Who gives more, who receives more", "fr": "Qui donne plus, qui reçoit plus"},
    "between_teams": {"en": "From team to team", "fr": "D’une équipe à l’autre"},
    "communities": {"en": "Communities", "fr": "Communautés"},
    "skills": {"en": "Skills", "fr": "Compétences"},
    "agreement": {"en": "Agreement by activity", "fr": "Accord par activité"},
    "severity": {"en": "How severe reviewers are", "fr": "La sévérité des pairs"},
    "disagreement": {"en": "How far scores lie apart", "fr": "L’écart entre les scores"},
    "people": {"en": "People", "fr": "Personnes"},
    "missing_people": {"en": "Came, and only looked", "fr": "Venues sans agir"},
    "waiting_people": {"en": "Asked to review, and did not yet", "fr": "Relecture attendue"},
    "reviewers": {"en": "Reviewers, the strictest first", "fr": "Pairs, du plus strict au moins strict"},
    "worth_keeping": {"en": "Contributions worth keeping", "fr": "Contributions à garder"},
    "worth_keeping_named": {
        "en": "Ask for names to list the contributions worth keeping: each is one person’s.",
        "fr": "Demandez les noms pour lister les contributions à garder\u202f: chacune est d’une personne.",
    },
    "disputed": {"en": "Most disputed contributions", "fr": "Contributions les plus discutées"},
    "first_rows": {
        "en": "The first {shown} of {rows}; the file has more.",
        "fr": "Les {shown} premières lignes sur {rows}\u202f; le fichier en a plus.",
    },
    "nobody": {"en": "nobody.", "fr": "personne."},
    "first_only": {
        "en": "The first {shown} of {rows}.",
        "fr": "Les {shown} premières lignes sur {rows}.",
    },
    "no_table": {"en": "no group is big enough to be shown.", "fr": "aucun groupe n’est assez grand."},
    # The picture
    "picture": {
        "en": "{people} people, {links} links; communities: {communities}",
        "fr": "{people} personnes, {links} liens\u202f; communautés\u202f: {communities}",
    },
    "picture_flat": {"en": "{people} people, {links} links", "fr": "{people} personnes, {links} liens"},
    "picture_how": {
        "en": "Each dot is a person; who exchanges more stands closer. On the rim: people with no exchange. "
        "A number names a community of {least} people or more.",
        "fr": "Chaque point est une personne\u202f; qui échange plus est plus près. Au bord\u202f: les "
        "personnes sans échange. Un chiffre désigne une communauté de {least} personnes ou plus.",
    },
    "picture_part": {
        "en": "Drawn: the {people} people with most links, and the {links} strongest links.",
        "fr": "Tracés\u202f: les {people} personnes aux liens les plus nombreux, et les {links} liens les "
        "plus forts.",
    },
    "node": {"en": "{name}: {links} links", "fr": "{name}\u202f: {links} liens"},
    "node_community": {
        "en": "{name}: {links} links, community {community}",
        "fr": "{name}\u202f: {links} liens, communauté {community}",
    },
    "community": {"en": "Community", "fr": "Communauté"},
    "in_it": {"en": "People", "fr": "Personnes"},
    # The verdict
    "trust_yes": {
        "en": "Yes: the mean of a contribution’s reviews is reliable.",
        "fr": "Oui\u202f: la moyenne des relectures d’une contribution est fiable.",
    },
    "trust_care": {
        "en": "With care: they are a good start for talking, and should not decide alone.",
        "fr": "Avec prudence\u202f: ils aident à discuter, mais ne doivent pas décider seuls.",
    },
    "trust_no": {
        "en": "No: peers score the same work too differently to grade by it. Their comments may still help.",
        "fr": "Non\u202f: les scores d’un même travail diffèrent trop pour noter. Les commentaires peuvent "
        "aider tout de même.",
    },
    "trust_unknown": {
        "en": "Nobody can say yet: too few contributions have scores of two peers.",
        "fr": "On ne sait pas encore\u202f: trop peu de contributions ont les scores de deux pairs.",
    },
    "trust_rule": {
        "en": "Judged by ICC(1,k), the reliability of the mean, at the lower end of its interval where there "
        "is one: from 0.75 yes, from 0.5 with care (Koo & Li 2016). For alpha, Krippendorff asks for 0.8, "
        "and for 0.667 at least.",
        "fr": "Selon l’ICC(1,k), la fidélité de la moyenne, au bas de son intervalle s’il y en a un\u202f: "
        "dès 0,75 oui, dès 0,5 avec prudence (Koo & Li 2016). Pour l’alpha, Krippendorff demande 0,8, et "
        "au moins 0,667.",
    },
    # What was left out, and how it was made
    "left_none": {"en": "Every statement could be used.", "fr": "Tous les énoncés ont pu servir."},
    "left_some": {
        "en": "These statements could not be used:",
        "fr": "Ces énoncés n’ont pas pu servir\u202f:",
    },
    "hidden_some": {
        "en": "Groups of fewer than {least} people are not shown, nor others by which they could be found "
        "out:",
        "fr": "Les groupes de moins de {least} personnes ne sont pas montrés, ni ceux qui permettraient de "
        "les deviner\u202f:",
    },
    "hidden_none": {"en": "No group had to be hidden.", "fr": "Aucun groupe n’a dû être caché."},
    "names_none": {
        "en": "No person is named. Numbers such as n12 are drawn anew for each report.",
        "fr": "Personne n’est nommé. Les numéros comme n12 sont tirés à nouveau pour chaque rapport.",
    },
    "names_shown": {
        "en": "This report names people, as was asked. Keep it among those who may know.",
        "fr": "Ce rapport nomme des personnes, comme demandé. Gardez-le entre personnes autorisées.",
    },
    "source": {"en": "Read from", "fr": "Lu depuis"},
    "read": {"en": "Statements used", "fr": "Énoncés utilisés"},
    "unused": {"en": "Left out", "fr": "Laissés de côté"},
    "voided": {"en": "Taken back by others", "fr": "Annulés par d’autres"},
    "in_period": {"en": "In this period", "fr": "Dans cette période"},
    "newest": {"en": "The newest", "fr": "Le plus récent"},
    "course": {"en": "Course", "fr": "Cours"},
    "whole_period": {"en": "Period (UTC)", "fr": "Période (UTC)"},
    "whole_before": {"en": "Period before (UTC)", "fr": "Période d’avant (UTC)"},
    "version": {"en": "Made by", "fr": "Fait avec"},
    "made_at": {"en": "Made on (UTC)", "fr": "Fait le (UTC)"},
    "formula": {"en": "Formula", "fr": "Formule"},
    "by": {"en": "Source", "fr": "Source"},
    "dictionary": {
        "en": "Each column of the files is explained in dictionary.csv.",
        "fr": "Chaque colonne des fichiers est expliquée dans dictionary.csv.",
    },
    # Titles of charts state what was found
    "found_one": {"en": "{title}: {last}", "fr": "{title}\u202f: {last}"},
    "found_weeks": {
        "en": "{title}: {first} in the first week, {last} in the last",
        "fr": "{title}\u202f: {first} la première semaine, {last} la dernière",
    },
    "found_sum": {"en": "{title}: {last} in all", "fr": "{title}\u202f: {last} en tout"},
    "found_most": {
        "en": "{title}: {part} for {people} of {all} people",
        "fr": "{title}\u202f: {part} pour {people} personnes sur {all}",
    },
    "found_fate": {
        "en": "{title}: {people} of {all} are {part}",
        "fr": "{title}\u202f: {people} sur {all} sont {part}",
    },
    "found_work": {
        "en": "{reviews} reviews (full line) for {contributions} contributions (dotted)",
        "fr": "{reviews} relectures (trait plein) pour {contributions} contributions (pointillé)",
    },
    "contributions": {"en": "contributions", "fr": "contributions"},
    "reviews": {"en": "reviews", "fr": "relectures"},
    "found_waits": {
        "en": "Half wait less than this, the middle half between the ends",
        "fr": "La moitié attend moins que cela\u202f; la moitié centrale entre les bouts",
    },
    "found_trust": {
        "en": "Agreement of reviewers, with its 95% interval",
        "fr": "Accord des pairs, avec son intervalle à 95\u202f%",
    },
    "found_skills": {
        "en": "{skill} is the skill of most people: {people}",
        "fr": "{skill} est la compétence la plus répandue\u202f: {people} personnes",
    },
}  # fmt: skip


def spoken(words: Mapping[str, Words], language: Language) -> dict[str, str]:
    """Return `words` in one language."""
    return {name: told[language] for name, told in words.items()}
