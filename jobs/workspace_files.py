"""The YAML files a new workspace begins with: empty, each with an example in comments."""

from jobs.settings import SECRETS, Settings

FILES = {
    "mitigations.yaml": """\
# Safeguards in production. Feedback and decisions name them by id.
# mitigations:
#   - id: cyber_classifier
#     name: Cyber misuse classifier
#     harm_domain: cyber            # a domain of the taxonomy
#     owner: default                # an id of owners.yaml
#     thresholds: {default: 0.8}
mitigations: []
""",
    "releases.yaml": """\
# Dated changes of a mitigation: a version, a threshold, a policy.
# releases:
#   - id: cyber-2.1
#     mitigation: cyber_classifier
#     released_on: 2026-03-01
#     version: "2.1"
#     note: threshold 0.85 -> 0.80
releases: []
""",
    "owners.yaml": """\
# Who gets alerts and digests, and how.
# Channels: {type: file, path: DIR} | {type: email, to: ADDRESS} | {type: apprise, url_env: NAME or url_file: PATH}
#           | {type: webhook, url: URL, secret_env: NAME}
# cadence: daily or weekly; urgent: channels for grave single reports, or null.
# budget: false alerts a week that this owner's series may raise; without it they share false_alerts_per_week.
owners:
  - id: default
    name: Everyone
    channels:
      - {type: file, path: digests}
    cadence: weekly
    # budget: 0.5
    urgent: null
""",
    "routes.yaml": """\
# Who owns what no mitigation decides; the first match wins, the default owner gets the rest.
# routes:
#   - match: {harm_domain: cyber}   # mitigation, harm_domain or kind
#     owner: default
routes: []
""",
    "calendar.yaml": """\
# What happened outside, for explanation only. type: holiday, launch, incident, outage or policy;
# `to` is the first day after it.
# calendar:
#   - {id: spring-launch, type: launch, from: 2026-03-01, to: 2026-03-03, note: new desktop app}
calendar: []
""",
    "watchlists.yaml": """\
# Rare things that must be seen early; each has a floor and a budget of false alerts of its own.
# A document matches if it is of these fields and says one of the words (* any ending) or is like an example sentence.
# watchlists:
#   - id: sabotage
#     name: Agents that work against oversight
#     words: ["sabotag*", turned off the monitor]
#     examples: [The agent disabled the logging so that nobody would notice what it did.]
#     similarity: 0.65              # from which similarity to an example on
#     harm_domain: []               # of the taxonomy; leave it out for what the classifier does not know yet
#     kinds: []                     # such as under_block
#     segments: {}                  # such as {product: coder}
#     floor: 1                      # fewest distinct reporters ...
#     floor_days: 28                # ... within so many days that matter
#     false_alerts_per_week: 0.05   # its own, beside the setting of that name
#     owner: default                # an id of owners.yaml
#     hazard: critical              # of its alerts; else that of its documents
watchlists: []
""",
    "silences.yaml": """\
# Alerts that are kept from being delivered until a date.
# silences:
#   - {matcher: {kind: billing}, until: 2026-04-01, reason: price change announced, author: jo}
silences: []
""",
}


def settings_file() -> str:
    """`groundswell.yaml` with every setting, its meaning and its default, commented out."""
    lines = ["# Settings of this workspace; uncomment to change. GROUNDSWELL_<NAME> in the environment overrides.", ""]
    for name, field in Settings.model_fields.items():
        lines.append(f"# {field.description}")
        if name not in SECRETS:
            lines.append(f"# {name}: {_yaml(field.default)}")
        lines.append("")
    return "\n".join(lines)


def _yaml(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
