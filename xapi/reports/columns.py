"""What the columns of a report's files mean: headings of its tables, and a data dictionary beside it."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from xapi.reports.measures.model import Language

FILE = "dictionary.csv"

Told = tuple[str, str]
"""A heading, and what stands under it."""

_PEOPLE_EN, _PEOPLE_FR = "how many people the row speaks of", "de combien de personnes parle la ligne"

COLUMNS: Mapping[str, Mapping[Language, Told]] = {
    "measure": {"en": ("Measure", "the measure’s name"), "fr": ("Mesure", "le nom de la mesure")},
    "title": {
        "en": ("Title", "of the measure, the course or the activity"),
        "fr": ("Titre", "de la mesure, du cours ou de l’activité"),
    },
    "unit": {
        "en": ("Unit", "what the value is counted in"),
        "fr": ("Unité", "en quoi la valeur est comptée"),
    },
    "value": {"en": ("Value", "the measure’s number"), "fr": ("Valeur", "le nombre de la mesure")},
    "people": {"en": ("People", _PEOPLE_EN), "fr": ("Personnes", _PEOPLE_FR)},
    "cases": {
        "en": ("Cases", "what was counted: reviews, pairs, contributions"),
        "fr": ("Cas", "ce qui a été compté\u202f: relectures, paires, contributions"),
    },
    "undone": {"en": ("Open", "cases not over at the end"), "fr": ("Ouverts", "cas non terminés à la fin")},
    "low": {
        "en": ("Low", "the lower quartile beside a median, else the lower end of the 95% interval"),
        "fr": ("Bas", "premier quartile pour une médiane, sinon bas de l’intervalle à 95 %"),
    },
    "high": {
        "en": ("High", "the upper quartile beside a median, else the upper end of the 95% interval"),
        "fr": ("Haut", "troisième quartile pour une médiane, sinon haut de l’intervalle à 95 %"),
    },
    "hidden": {
        "en": ("Hidden", "true where too few people are behind the number"),
        "fr": ("Caché", "vrai si trop peu de personnes sont derrière le nombre"),
    },
    "before": {
        "en": ("Before", "value of the period before"),
        "fr": ("Avant", "valeur de la période d’avant"),
    },
    "definition": {"en": ("Definition", "what the measure means"), "fr": ("Définition", "sens de la mesure")},
    "formula": {"en": ("Formula", "how it is computed"), "fr": ("Formule", "comment elle est calculée")},
    "source": {"en": ("Source", "who defined it so"), "fr": ("Source", "qui l’a définie ainsi")},
    "course": {"en": ("Course", "the course’s IRI"), "fr": ("Cours", "IRI du cours")},
    "activity": {"en": ("Activity", "the peer activity’s IRI"), "fr": ("Activité", "IRI de l’activité")},
    "activity_kind": {
        "en": ("Kind", "the kind of activity"),
        "fr": ("Genre", "le genre d’activité"),
    },
    "use": {
        "en": ("Use", "the most that became of contributions handed in during the period"),
        "fr": ("Usage", "le plus que sont devenues les contributions remises dans la période"),
    },
    "team": {"en": ("Team", "the team’s account"), "fr": ("Équipe", "compte de l’équipe")},
    "to_team": {"en": ("To team", "the other team’s account"), "fr": ("Vers", "compte de l’autre équipe")},
    "week": {"en": ("Week", "the week’s Monday, UTC"), "fr": ("Semaine", "lundi de la semaine, UTC")},
    "contributions": {"en": ("Contributions", "handed in"), "fr": ("Contributions", "remises")},
    "reviews": {"en": ("Reviews", "by peers, with second looks"), "fr": ("Relectures", "par des pairs")},
    "comments": {"en": ("Comments", "comments and replies"), "fr": ("Commentaires", "avec les réponses")},
    "answers": {"en": ("Answers", "to questions"), "fr": ("Réponses", "aux questions")},
    "views": {"en": ("Views", "contributions opened"), "fr": ("Lectures", "contributions ouvertes")},
    "applied": {
        "en": ("Applied", "said to be applied at work"),
        "fr": ("Appliqué", "dit appliqué au travail"),
    },
    "balance": {
        "en": ("Balance", "how what was given stands to what was received"),
        "fr": ("Équilibre", "rapport entre ce qui est donné et reçu"),
    },
    "given": {
        "en": ("Given", "help given; in waiting_people, contributions to review"),
        "fr": ("Donné", "aides données\u202f; dans waiting_people, contributions à relire"),
    },
    "received": {"en": ("Received", "help received"), "fr": ("Reçu", "aides reçues")},
    "links": {"en": ("Links", "people linked from one to another"), "fr": ("Liens", "liens entre personnes")},
    "times": {"en": ("Exchanges", "how often they exchanged"), "fr": ("Échanges", "nombre d’échanges")},
    "helps": {"en": ("Help", "how many exchanges are help"), "fr": ("Aides", "échanges qui sont de l’aide")},
    "skill": {"en": ("Skill", "the skill’s IRI"), "fr": ("Compétence", "IRI de la compétence")},
    "endorsed": {"en": ("Endorsed", "endorsements"), "fr": ("Reconnue", "nombre de fois reconnue")},
    "earned": {"en": ("Earned", "badges earned"), "fr": ("Obtenue", "badges obtenus")},
    "works": {
        "en": ("Contributions", "contributions scored"),
        "fr": ("Contributions", "contributions notées"),
    },
    "alpha_ordinal": {
        "en": ("Alpha, ordinal", "Krippendorff’s alpha of ranks"),
        "fr": ("Alpha ordinal", "alpha de Krippendorff, sur les rangs"),
    },
    "alpha_interval": {
        "en": ("Alpha, interval", "Krippendorff’s alpha of scores"),
        "fr": ("Alpha d’intervalle", "alpha de Krippendorff, sur les scores"),
    },
    "icc_one": {
        "en": ("ICC(1,1)", "reliability of one review"),
        "fr": ("ICC(1,1)", "fidélité d’une relecture"),
    },
    "icc_mean": {"en": ("ICC(1,k)", "reliability of the mean"), "fr": ("ICC(1,k)", "fidélité de la moyenne")},
    "severity": {
        "en": ("Severity", "compared with others on the same work; below 0 is stricter"),
        "fr": ("Sévérité", "par rapport aux autres sur le même travail\u202f; sous 0, plus strict"),
    },
    "spread": {
        "en": ("Spread", "standard deviation of the scores, 0 to 1, or its class in points of 100"),
        "fr": ("Écart", "écart type des scores d’une contribution, de 0 à 1, ou sa classe en points sur 100"),
    },
    "actor": {"en": ("Account", "the person’s key"), "fr": ("Compte", "clé de la personne")},
    "name": {"en": ("Name", "the person’s name"), "fr": ("Nom", "nom de la personne")},
    "person": {
        "en": ("Person", "a number drawn for this report, or a name where names were asked for"),
        "fr": ("Personne", "numéro tiré pour ce rapport, ou nom si les noms sont demandés"),
    },
    "to_person": {"en": ("To", "the other person, likewise"), "fr": ("Vers", "l’autre personne, de même")},
    "readers": {
        "en": ("Readers", "different people who opened it, its author apart"),
        "fr": ("Lue par", "personnes différentes l’ayant ouverte, hors l’auteur ou l’autrice"),
    },
    "thanked": {"en": ("Thanks", "thanks for it"), "fr": ("Mercis", "mercis reçus")},
    "acts": {"en": ("Acts", "statements of the person"), "fr": ("Actes", "énoncés de la personne")},
    "last_seen": {"en": ("Last seen", "their last act, UTC"), "fr": ("Vu le", "dernier acte, UTC")},
    "waiting": {
        "en": ("Open", "given to review, and open"),
        "fr": ("En attente", "à relire, pas encore fait"),
    },
    "took_part": {
        "en": ("Took part", "1: shared, reviewed or answered"),
        "fr": ("A agi", "1\u202f: a partagé, relu ou répondu"),
    },
    "outgoing": {"en": ("Reached", "people they reached"), "fr": ("Touchées", "personnes touchées")},
    "incoming": {
        "en": ("Reached by", "people they were reached by"),
        "fr": ("Touché par", "personnes venues à elle"),
    },
    "work": {
        "en": ("Contribution", "the contribution’s IRI"),
        "fr": ("Contribution", "IRI de la contribution"),
    },
    "mean": {
        "en": ("Mean", "of the scores, 0 to 1; of reviewers, the mean distance from the others"),
        "fr": ("Moyenne", "des scores, de 0 à 1\u202f; pour un pair, l’écart moyen aux autres"),
    },
    "lowest": {
        "en": ("Lowest", "the lowest score, 0 to 1"),
        "fr": ("Minimum", "score le plus bas, de 0 à 1"),
    },
    "highest": {
        "en": ("Highest", "the highest score, 0 to 1"),
        "fr": ("Maximum", "score le plus haut, de 0 à 1"),
    },
}  # fmt: skip


def write_dictionary(folder: Path, files: Iterable[Path], language: Language) -> Path:
    """Write what each column of the CSV `files` means into `folder`, and return the file."""
    target = folder / FILE
    with target.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["file", "column", "meaning"])
        for file in dict.fromkeys(files):  # a longer one may have taken the place of another
            if file.suffix != ".csv":
                continue
            with file.open(encoding="utf-8-sig", newline="") as table:
                columns = next(csv.reader(table), [])
            writer.writerows([file.name, column, COLUMNS[column][language][1]] for column in columns)
    return target
