"""What a study of a treatment holds, as data frames: ``python examples/study.py STUDY``."""

import sys

import emgspasm as es

study = es.open_study(sys.argv[1])
injected = study.treatments().date.min()
days = (study.sessions().set_index("session").date - injected).dt.days.rename("day")

summary = study.results("summary")  # or events, quality, pairs, trials
left = summary[(summary.side == "L") & summary.channel.notna()]
burden = left.pivot_table(index="session", columns="muscle", values="spasm_burden_uV")
print("Burden of spasms (uV) by muscle, left side")
print(burden.join(days).sort_values("day").round(2).to_string())

recording = es.open_recording(study.path / study.sessions().path[0])
print(recording)
print(recording.to_mne().annotations)  # MNE does what MNE is good at
