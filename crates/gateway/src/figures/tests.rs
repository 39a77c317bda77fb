use desk::{Rating, Survey, Surveys, Terms, TicketId};
use jiff::Timestamp;
use store::{Figures, HourCount, TicketFigure};

use super::{Measure, Unit, measures, median};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn ticket(
    first: Option<i64>,
    resolved: Option<i64>,
    asked: Option<(Survey, Option<u8>)>,
    late: bool,
    again: bool,
) -> TicketFigure {
    TicketFigure {
        id: TicketId::new("t"),
        opened_at: at(1000),
        first_response_at: first.map(|after| at(1000 + after)),
        resolved_at: resolved.map(|after| at(1000 + after)),
        assignee: None,
        rule: "red_intent".to_owned(),
        survey: asked.map(|(survey, _)| survey),
        rating: asked.and_then(|(survey, mark)| Rating::new(survey, mark?)),
        late,
        again,
    }
}

#[test]
fn every_figure_follows_its_formula() {
    let hour = |conversations, handed_over| HourCount { hour: at(0), conversations, handed_over };
    let figures = Figures {
        hours: vec![hour(6, 1), hour(4, 3)],
        settled: 5,
        messages: 25,
        not_understood: 5,
        complaints: 2,
        languages: vec![(Some("es".to_owned()), 6, 2), (None, 2, 1), (Some("sv".to_owned()), 2, 1)],
        tickets: vec![
            ticket(Some(20), Some(620), Some((Survey::Csat, Some(5))), false, false),
            ticket(Some(40), Some(240), Some((Survey::Csat, Some(2))), false, true),
            ticket(Some(300), None, None, true, false),
            ticket(None, None, Some((Survey::Csat, None)), false, false),
        ],
    };
    let measures = measures(&figures, &|tag| tag == "es", &Surveys::default());
    assert_eq!(
        told(&measures[..19]),
        [
            "conversations 10",
            "messages_each 2.50",
            "containment 60.0 %",
            "resolution 50.0 %",
            "not_understood 20.0 %",
            "complaints 20.0 %",
            "language_coverage 75.0 %",
            "tickets 4",
            "first_response 40 s missed",
            "first_response_quick 33.3 %",
            "response_rate 75.0 %",
            "in_time 66.7 % missed",
            "handling 6.7 min",
            "settling 7.2 min",
            "first_contact 50.0 % missed",
            "csat_asked 3",
            "csat_answers 2",
            "csat 50.0 %",
            "csat_mean 3.50",
        ]
    );
}

fn told(measures: &[Measure]) -> Vec<String> {
    let one = |it: &Measure| {
        let value = it.value.map_or_else(|| "–".to_owned(), |value| it.unit.text(value));
        let reached =
            it.reached().map_or("", |reached| if reached { " reached" } else { " missed" });
        format!("{} {value}{reached}", it.id)
    };
    measures.iter().map(one).collect()
}

/// Marks of 7 and 8 are neither promoters nor detractors and count in the whole alone; who was
/// asked and gave no mark counts nowhere but among those asked.
#[test]
fn surveys_are_told_as_service_people_do() {
    let given = |survey, marks: &[u8]| -> Vec<TicketFigure> {
        let one = |mark: &u8| ticket(None, None, Some((survey, Some(*mark))), false, false);
        marks.iter().map(one).collect()
    };
    let figures = |survey, marks: &[u8], target: f64| {
        let mut tickets = given(survey, marks);
        tickets.push(ticket(None, None, Some((survey, None)), false, false));
        let terms = Terms { share: 1, reopen_at_most: None, target: Some(target) };
        let surveys = Surveys { terms: [(survey, terms)].into() };
        let figures = Figures { tickets, ..Figures::default() };
        let measures = measures(&figures, &|_| true, &surveys);
        let of = |it: &&Measure| it.id.starts_with(survey.as_str());
        told(&measures.iter().filter(of).cloned().collect::<Vec<_>>()).join(", ")
    };
    for (survey, marks, target, expected) in [
        (
            Survey::Nps,
            &[10, 9, 9, 8, 7, 6, 0][..],
            20.0,
            "nps_asked 8, nps_answers 7, nps +14.3 missed, nps_promoters 42.9 %, \
             nps_detractors 28.6 %",
        ),
        (
            Survey::Nps,
            &[0, 6],
            -100.0,
            "nps_asked 3, nps_answers 2, nps -100.0 reached, nps_promoters 0.0 %, \
             nps_detractors 100.0 %",
        ),
        // A computer's 0.7 less 0.2 is below 0.5, and 70 times 0.01 above 0.7.
        (
            Survey::Nps,
            &[10, 10, 10, 10, 9, 9, 9, 8, 3, 0],
            50.0,
            "nps_asked 11, nps_answers 10, nps +50.0 reached, nps_promoters 70.0 %, \
             nps_detractors 20.0 %",
        ),
        (
            Survey::Csat,
            &[5, 5, 5, 5, 5, 5, 5, 1, 1, 1],
            70.0,
            "csat_asked 11, csat_answers 10, csat 70.0 % reached, csat_mean 3.80",
        ),
        (
            Survey::Ces,
            &[7, 5, 4, 2],
            4.5,
            "ces_asked 5, ces_answers 4, ces 4.50 reached, ces_easy 50.0 %",
        ),
        (
            Survey::Csat,
            &[5, 4, 3, 1],
            80.0,
            "csat_asked 5, csat_answers 4, csat 50.0 % missed, csat_mean 3.25",
        ),
        (
            Survey::Nps,
            &[],
            0.0,
            "nps_asked 1, nps_answers 0, nps –, nps_promoters –, nps_detractors –",
        ),
    ] {
        assert_eq!(figures(survey, marks, target), expected, "{survey:?} {marks:?}");
    }
}

#[test]
fn of_nothing_there_is_no_figure() {
    for measure in measures(&Figures::default(), &|_| true, &Surveys::default()) {
        let counts = measure.unit == Unit::Count;
        assert_eq!(measure.value.is_some(), counts, "{}", measure.id);
        assert_eq!(measure.reached(), None);
        assert!(!measure.formula.is_empty());
    }
    assert_eq!(median(&[]), None);
    assert_eq!(median(&[3.0, 1.0]), Some(2.0));
}

#[test]
fn lengths_are_told_in_the_unit_that_suits_them() {
    for (value, told) in [(5.0, "5 s"), (90.0, "1.5 min"), (5400.0, "1.5 h"), (259_200.0, "3.0 d")]
    {
        assert_eq!(Unit::Seconds.text(value), told);
    }
}

mod grouping {
    use desk::ConversationId;
    use store::Said;

    use super::super::group::{groups, recurring};
    use super::at;

    fn said(conversation: &str, language: &str, text: &str) -> Said {
        Said {
            conversation: ConversationId::new(conversation),
            at: at(0),
            language: Some(language.to_owned()),
            text: text.to_owned(),
        }
    }

    #[test]
    fn messages_that_say_nearly_the_same_stand_together() {
        let all = [
            said("a", "en", "Do you ship to the moon?"),
            said("b", "en", "gift wrap"),
            said("c", "en", "do you ship to the MOON"),
            said("d", "de", "do you ship to the moon"),
            said("e", "en", "???"),
            said("f", "en", "Can you ship to the moon"),
        ];
        let groups = groups(&all);
        let told: Vec<(usize, &str)> =
            groups.iter().map(|group| (group.said.len(), group.said[0].text.as_str())).collect();
        assert_eq!(
            told,
            [
                (3, "Do you ship to the moon?"),
                (1, "gift wrap"),
                (1, "do you ship to the moon"),
                (1, "???"),
            ]
        );
    }

    #[test]
    fn words_that_stand_out_are_told() {
        let low = [
            said("a", "en", "the courier was rude"),
            said("a", "en", "rude rude rude"),
            said("b", "en", "rude courier, the worst"),
        ];
        let mut all = low.to_vec();
        all.extend(["c", "d"].map(|name| said(name, "en", "the parcel is fine")));
        let found = recurring(&low, &all);
        let told: Vec<(&str, usize, f64)> =
            found.iter().map(|it| (it.word.as_str(), it.conversations, it.times)).collect();
        // `the` is everywhere; `worst` was said once.
        assert_eq!(told, [("courier", 2, 2.0), ("rude", 2, 2.0)]);
        assert_eq!(recurring(&[], &[]), []);
    }
}

mod variants {
    use desk::{Rotation, VariantOutcome, Variants};
    use store::VariantFigure;

    use super::super::variant::{favoured, wilson, winner};

    #[test]
    fn a_share_has_an_interval_and_a_winner_lies_above_all() {
        // Agresti and Coull's examples of the score interval.
        for (good, all, low, high) in [
            (0, 10, 0.0, 0.278),
            (5, 10, 0.237, 0.763),
            (10, 10, 0.722, 1.0),
            (81, 263, 0.255, 0.366),
        ] {
            let it = wilson(good, all).unwrap();
            assert!((it.low - low).abs() < 0.001 && (it.high - high).abs() < 0.001, "{it:?}");
        }
        assert_eq!(wilson(0, 0), None);
        let share = |good, all| wilson(good, all);
        assert_eq!(winner(&[share(50, 100), share(55, 100)]), None, "too close to tell");
        assert_eq!(winner(&[share(50, 100), share(80, 100)]), Some(1));
        assert_eq!(winner(&[share(50, 100), share(80, 100), share(79, 100)]), None);
        assert_eq!(winner(&[share(80, 100), None]), None);
        assert_eq!(winner(&[share(80, 100)]), None, "against nothing");
    }

    #[test]
    fn a_manner_is_favoured_once_it_is_known_to_do_better() {
        let variants = |by, shares: &[(&str, u16)]| Variants {
            shares: shares.iter().map(|(name, share)| ((*name).to_owned(), *share)).collect(),
            rotation: Some(Rotation { by, after: 100, days: 30, share: 80 }),
        };
        let figure = |variant: &str, contained, good| VariantFigure {
            variant: variant.to_owned(),
            conversations: 100,
            contained,
            pressed: 50,
            marks: 99,
            good,
        };
        let two = [("concise", 50), ("friendly", 50)];
        let clear = [figure("concise", 50, 10), figure("friendly", 80, 90)];
        let by = |outcome| variants(outcome, &two);
        let contained = by(VariantOutcome::Contained);
        assert_eq!(favoured(&contained, &clear), Some("friendly"));
        assert_eq!(favoured(&by(VariantOutcome::Pressed), &clear), None, "they do alike");
        assert_eq!(favoured(&by(VariantOutcome::Marks), &clear), None, "99 are too few");
        let close = [figure("concise", 50, 10), figure("friendly", 55, 10)];
        assert_eq!(favoured(&contained, &close), None, "the intervals overlap");
        assert_eq!(favoured(&contained, &clear[1..]), None, "of the other nothing is known");
        // What was tried once and is not any more is no rival, and cannot be favoured.
        let past = [&clear[..], &[figure("formal", 99, 99)]].concat();
        assert_eq!(favoured(&contained, &past), Some("friendly"));
        let none = variants(VariantOutcome::Contained, &[("concise", 50), ("friendly", 0)]);
        assert_eq!(favoured(&none, &clear), None, "one alone is not compared");
        let off = Variants { rotation: None, ..contained };
        assert_eq!(favoured(&off, &clear), None);
    }

    #[test]
    fn manners_that_are_tried_are_styles_of_answers() {
        for manner in desk::MANNERS {
            assert_eq!(faq::Style::parse(manner).is_some(), manner != "plain", "{manner}");
        }
    }
}
