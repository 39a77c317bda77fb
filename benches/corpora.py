#!/usr/bin/env python3
"""Measures Switchboard on public corpora, beside a linear SVM over character n-grams.

    python3 benches/corpora.py CORPORA [--switchboard BINARY] [--svm] [--only NAME] [--keep DIR] [--grid]

CORPORA is a folder with clones of
    https://github.com/sebischair/NLU-Evaluation-Corpora
    https://github.com/hellohaptik/HINT3
    https://github.com/clinc/oos-eval
The training part of each becomes a pack by `switchboard import` and `compile`, and nothing
but the test part is measured, by `switchboard eval`; no intent, sample or rule of the
bundled packs is used (`--intents own`). `--svm` needs scikit-learn. docs/BENCHMARKS.md has
the table that this prints, and the protocol. `--grid` prints behind each corpus what ours
gets at each fiftieth of confidence as the bar.
"""

import argparse
import csv
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path


def identifier(label):
    """The id of a label, so that the two parts and all systems agree on names."""
    if label in ("none", "None", "oos", "NO_NODES_DETECTED"):
        return "none"
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", label)
    return "corpus." + re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def sebischair(folder, name):
    with open(folder / "NLU-Evaluation-Corpora" / f"{name}Corpus.json", encoding="utf-8") as file:
        sentences = json.load(file)["sentences"]
    pick = lambda part: [(s["text"], identifier(s["intent"])) for s in sentences if s["training"] == part]
    return pick(True), pick(False)


def hint3(folder, name):
    def part(which):
        path = folder / "HINT3" / "dataset" / "v1" / which / f"{name}_{which}.csv"
        with open(path, encoding="utf-8", newline="") as file:
            return [(row["sentence"], identifier(row["label"])) for row in csv.DictReader(file)]

    return part("train"), part("test")


def clinc(folder, _):
    with open(folder / "oos-eval" / "data" / "data_full.json", encoding="utf-8") as file:
        data = json.load(file)
    part = lambda *keys: [(text, identifier(label)) for key in keys for text, label in data[key]]
    return part("train", "oos_train"), part("test", "oos_test")


CORPORA = {
    "Chatbot": (sebischair, "Chatbot"),
    "AskUbuntu": (sebischair, "AskUbuntu"),
    "WebApplications": (sebischair, "WebApplications"),
    "curekart": (hint3, "curekart"),
    "sofmattress": (hint3, "sofmattress"),
    "powerplay11": (hint3, "powerplay11"),
    "CLINC150": (clinc, ""),
}


def children():
    """Processor seconds of the programs that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def switchboard(binary, train, test, folder):
    """Fits a pack and reads the test part: the best intent of each message and how sure it
    is, what is acted on with the bar as it is, and what fitting cost in processor seconds."""
    for name, part in (("train", train), ("test", test)):
        with open(folder / f"{name}.jsonl", "w", encoding="utf-8") as file:
            for text, intent in part:
                file.write(json.dumps({"text": text, "intent": intent, "lang": "en"}) + "\n")
    pack = folder / "pack"
    run = lambda *arguments: subprocess.run(
        [binary, *map(str, arguments)], check=True, stdout=subprocess.PIPE
    ).stdout
    run("import", "--from", "jsonl", folder / "train.jsonl", "--into", pack)
    start = children()
    run("compile", "--over", pack, "--intents", "own")
    seconds = children() - start
    report = json.loads(run("eval", "--shop", pack, "--intents", "own", "--json", folder / "test.jsonl"))
    nothing = {"intent": "none", "confidence": 0.0}
    best = [message.get("unbarred") or nothing for message in report["messages"]]
    return (
        [(answer["intent"], answer["confidence"]) for answer in best],
        [(message.get("wishes") or ["none"])[0] for message in report["messages"]],
        seconds,
    )


def svm(train, test):
    """A linear SVM over character n-grams; how sure it is, is its widest margin."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    model = make_pipeline(vectorizer, LinearSVC())
    start = time.process_time()
    model.fit([text for text, _ in train], [intent for _, intent in train])
    seconds = time.process_time() - start
    margins = model.decision_function([text for text, _ in test])
    classes = list(model.classes_)
    if margins.ndim == 1:
        best = [(classes[int(m > 0)], abs(m)) for m in margins]
    else:
        best = [(classes[row.argmax()], row.max()) for row in margins]
    return best, [intent for intent, _ in best], seconds


def figures(gold, got):
    labels = set(gold) | set(got)
    right = sum(a == b for a, b in zip(gold, got))
    truth, taken = Counter(gold), Counter(got)
    hit = Counter(a for a, b in zip(gold, got) if a == b)
    f1 = [2 * hit[l] / (truth[l] + taken[l]) for l in labels if truth[l]]
    inside = [(a, b) for a, b in zip(gold, got) if a != "none"]
    total = len(gold)
    spread = lambda counts: total * total - sum(n * n for n in counts.values())
    scale = (spread(truth) * spread(taken)) ** 0.5
    return {
        "accuracy": right / total,
        "f1": sum(f1) / len(f1),
        "inside": sum(a == b for a, b in inside) / len(inside),
        "recall": hit["none"] / truth["none"] if truth["none"] else None,
        "mcc": (right * total - sum(truth[l] * taken[l] for l in labels)) / scale if scale else 0.0,
    }


def best_bar(gold, best):
    """The bar with the best MCC on the test part, as HINT3's authors choose theirs: of nine,
    at the tenths of what is said to be sure."""
    sure = sorted(confidence for _, confidence in best)
    # Confidences of ours are probabilities; margins are none, and take quantiles instead.
    tenths = [tenth / 10 for tenth in range(1, 10)]
    bars = tenths if sure[-1] <= 1.0 and sure[0] >= 0.0 else [sure[int(t * len(sure))] for t in tenths]
    rows = []
    for bar in bars:
        rows.append((figures(gold, barred(best, bar)), bar))
    return max(rows, key=lambda row: row[0]["mcc"])


def barred(best, bar):
    return [intent if confidence >= bar else "none" for intent, confidence in best]


def row(corpus, system, numbers, bar, seconds):
    share = lambda value: "-" if value is None else f"{100 * value:.1f}"
    cells = [corpus, system, bar]
    cells += [share(numbers[key]) for key in ("accuracy", "f1", "inside", "recall")]
    cells += [f"{numbers['mcc']:.3f}", "-" if seconds is None else f"{seconds:.1f}"]
    print("| " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--switchboard", default="target/release/switchboard")
    parser.add_argument("--svm", action="store_true")
    parser.add_argument("--only", choices=CORPORA, action="append")
    parser.add_argument("--grid", action="store_true")
    parser.add_argument("--keep", type=Path, help="keep packs and files in this folder")
    options = parser.parse_args()
    print("| corpus | system | bar | accuracy | mean F1 | in scope | out-of-scope recall | MCC | fit, CPU s |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in options.only or CORPORA:
        read, argument = CORPORA[name]
        try:
            train, test = read(options.corpora, argument)
        except FileNotFoundError as missing:
            sys.exit(f"{missing.filename} is missing; see --help for what to clone")
        gold = [intent for _, intent in test]
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            if options.keep:
                place = options.keep / name
                place.mkdir(parents=True)
            systems = [("Switchboard", lambda: switchboard(options.switchboard, train, test, place))]
            if options.svm:
                systems.append(("n-gram SVM", lambda: svm(train, test)))
            for system, measure in systems:
                best, got, seconds = measure()
                row(name, system, figures(gold, got), "default", seconds)
                if read is not sebischair:
                    numbers, bar = best_bar(gold, best)
                    row(name, system, numbers, f"{bar:.2f}", None)
                    if options.grid and system == "Switchboard":
                        for bar in (fiftieth / 50 for fiftieth in range(1, 50)):
                            row(name, system, figures(gold, barred(best, bar)), f"{bar:.2f}", None)


if __name__ == "__main__":
    main()
