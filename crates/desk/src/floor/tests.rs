use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::*;
use crate::testing;

/// A person in a few words: `ana care es,en 1/2 vip off @Asia/Tokyo`.
fn agent(words: &str) -> Agent {
    let mut words = words.split(' ');
    let mut word = || words.next().unwrap_or_default();
    let (name, team, languages, load) = (word(), word(), word(), word());
    let (load, capacity) = load.split_once('/').expect("load and capacity");
    let rest: Vec<&str> = words.collect();
    let nine_to_five = || vec![("09:00".parse().expect("a time"), "17:00".parse().ok())];
    Agent {
        id: AgentId::new(name),
        teams: [TeamId::new(team)].into(),
        languages: languages.split(',').map(str::to_owned).collect(),
        skills: rest.iter().filter(|word| **word == "vip").map(|word| (*word).to_owned()).collect(),
        capacity: capacity.parse().expect("a number"),
        load: load.parse().expect("a number"),
        shifts: rest.iter().find_map(|word| word.strip_prefix('@')).map(|zone| {
            let zone = TimeZone::get(zone).expect("a zone");
            Calendar::new(zone, std::array::from_fn(|_| nine_to_five()), []).expect("hours")
        }),
        available: !rest.contains(&"off"),
    }
}

/// Where a ticket of tier 1 goes on a Tuesday at ten in London: `ana`, `2nd 16m`, `nobody`,
/// `open`; with `+tr` where somebody has to translate.
#[track_caller]
fn check(people: &[&str], language: &str, vip: bool, waiting: u32, expected: &str) {
    let floor = Floor {
        agents: people.iter().map(|words| agent(words)).collect(),
        waiting: [waiting, 0, 0],
        handling: Some(SignedDuration::from_mins(8)),
    };
    let need = Need { tier: 1, language: Some(language), vip };
    let now = "2026-11-17T10:00:00Z".parse().expect("a moment");
    let Routed { route, translator } = floor.route(&need, &testing::book(), now);
    let mut way = match route {
        Route::To(agent) => agent.to_string(),
        Route::Queue { place, wait } => format!("{place} {}m", wait.as_mins()),
        Route::Nobody => "nobody".to_owned(),
        Route::Open => "open".to_owned(),
    };
    way.push_str(if translator { "+tr" } else { "" });
    assert_eq!(way, expected, "{people:?}");
}

#[test]
fn tickets_find_their_people() {
    check(&[], "en", false, 0, "open");
    check(&["ana care en 0/2", "ben care en 1/2"], "en", false, 0, "ana");
    check(&["ana care en 1/2", "ben care en 1/4"], "en", false, 0, "ben");
    check(&["ben care en 0/1", "ana care en 0/1"], "en", false, 0, "ana");
    // The tier's team alone, and never who is away.
    check(&["ana lead en 0/2", "ben care en 1/2"], "en", false, 0, "ben");
    check(&["ana care en 0/2 off", "ben care en 1/2"], "en", false, 0, "ben");
    check(&["ana care en 0/2 off"], "en", false, 0, "nobody");
    check(&["ana lead en 0/2"], "en", false, 0, "nobody");
    // Shifts count in their own zone: it is seven in the evening in Tokyo.
    check(
        &["ana care en 0/2 @Asia/Tokyo", "ben care en 1/2 @Europe/London"],
        "en",
        false,
        0,
        "ben",
    );
    // Whoever reads the language; a region does not matter.
    check(&["ana care en 0/2", "ben care pt-BR 1/2"], "pt-PT", false, 0, "ben");
    check(&["ana care en 0/2", "ben care es 2/2"], "es", false, 0, "1 8m");
    check(&["ana care en 0/2"], "ja", false, 0, "ana+tr");
    check(&["ana care en 2/2"], "ja", false, 0, "1 8m+tr");
    // For a VIP whoever is made for that.
    check(&["ana care en 0/4", "ben care en 3/4 vip"], "en", true, 0, "ben");
    check(&["ana care en 0/4", "ben care en 3/4 vip"], "en", false, 0, "ana");
    // The honest wait: two places at work, each free every eight minutes.
    check(&["ana care en 1/1", "ben care en 1/1"], "en", false, 0, "1 8m");
    check(&["ana care en 1/1", "ben care en 1/1"], "en", false, 4, "5 24m");
    // Whoever has no room at all is never given anything.
    check(&["ana care en 0/0"], "en", false, 0, "1 8m");
}
