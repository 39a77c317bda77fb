//! What customers say of how it went: satisfaction, effort, recommendation. One of the three
//! is asked after a ticket, so each counts the tickets that were asked for it.

use desk::{Survey, Surveys};
use store::TicketFigure;

use super::{Measure, Unit, mean, plain, ratio};

/// The marks that customers gave to a question.
pub(crate) fn marks(tickets: &[TicketFigure], survey: Survey) -> Vec<u8> {
    let ratings = tickets.iter().filter_map(|ticket| ticket.rating);
    ratings.filter(|rating| rating.survey() == survey).map(desk::Rating::mark).collect()
}

/// Their mean; none where there are none.
pub(crate) fn mean_mark(marks: &[u8]) -> Option<f64> {
    mean(&marks.iter().map(|mark| f64::from(*mark)).collect::<Vec<_>>())
}

/// Percent of promoters less percent of detractors, as the mean of what each mark adds: the
/// difference of two shares may fall a breath short of the target that it reaches.
fn score(marks: &[u8]) -> Option<f64> {
    let (promoters, detractors) = (Survey::Nps.good(), Survey::Nps.low());
    let points = |mark: &u8| match (promoters.contains(mark), detractors.contains(mark)) {
        (true, _) => 100.0,
        (false, true) => -100.0,
        (false, false) => 0.0,
    };
    mean(&marks.iter().map(points).collect::<Vec<_>>())
}

/// Every figure of the three questions.
pub(super) fn measures(tickets: &[TicketFigure], surveys: &Surveys) -> Vec<Measure> {
    let asked = |survey| {
        let asked = tickets.iter().filter(|ticket| ticket.survey == Some(survey)).count();
        Some(asked as f64)
    };
    let given = |survey| Some(marks(tickets, survey).len() as f64);
    let share = |survey: Survey, of: std::ops::RangeInclusive<u8>| {
        let marks = marks(tickets, survey);
        ratio(marks.iter().filter(|mark| of.contains(mark)).count(), marks.len())
    };
    let mean = |survey| mean_mark(&marks(tickets, survey));
    let target = |survey: Survey, whole: f64| {
        let target = surveys.of(survey).and_then(|terms| terms.target);
        target.map(|target| (target / whole, true))
    };
    vec![
        plain(
            "csat_asked",
            "Asked for satisfaction",
            Unit::Count,
            "tickets after which a mark from 1 to 5 was asked for",
            asked(Survey::Csat),
        ),
        plain(
            "csat_answers",
            "Marks of satisfaction",
            Unit::Count,
            "marks from 1 to 5 that customers gave",
            given(Survey::Csat),
        ),
        Measure {
            target: target(Survey::Csat, 100.0),
            ..plain(
                "csat",
                "Satisfaction (CSAT)",
                Unit::Share,
                "marks of 4 and 5 ÷ marks from 1 to 5",
                share(Survey::Csat, Survey::Csat.good()),
            )
        },
        plain(
            "csat_mean",
            "Mean mark of satisfaction",
            Unit::Mark,
            "sum of marks ÷ marks from 1 to 5",
            mean(Survey::Csat),
        ),
        plain(
            "ces_asked",
            "Asked for effort",
            Unit::Count,
            "tickets after which a mark from 1 to 7 was asked for",
            asked(Survey::Ces),
        ),
        plain(
            "ces_answers",
            "Marks of effort",
            Unit::Count,
            "marks from 1 (hard) to 7 (easy) that customers gave",
            given(Survey::Ces),
        ),
        Measure {
            target: target(Survey::Ces, 1.0),
            ..plain(
                "ces",
                "Customer effort score (CES 2.0)",
                Unit::Effort,
                "sum of marks ÷ marks from 1 (hard) to 7 (easy)",
                mean(Survey::Ces),
            )
        },
        plain(
            "ces_easy",
            "Found it easy",
            Unit::Share,
            "marks of 5, 6 and 7 ÷ marks from 1 to 7",
            share(Survey::Ces, Survey::Ces.good()),
        ),
        plain(
            "nps_asked",
            "Asked for a recommendation",
            Unit::Count,
            "tickets after which a mark from 0 to 10 was asked for",
            asked(Survey::Nps),
        ),
        plain(
            "nps_answers",
            "Marks of recommendation",
            Unit::Count,
            "marks from 0 to 10 that customers gave",
            given(Survey::Nps),
        ),
        Measure {
            target: target(Survey::Nps, 1.0),
            ..plain(
                "nps",
                "Net promoter score (NPS)",
                Unit::Points,
                "% of promoters (9 and 10) − % of detractors (0 to 6), of marks from 0 to 10",
                score(&marks(tickets, Survey::Nps)),
            )
        },
        plain(
            "nps_promoters",
            "Promoters",
            Unit::Share,
            "marks of 9 and 10 ÷ marks from 0 to 10",
            share(Survey::Nps, Survey::Nps.good()),
        ),
        plain(
            "nps_detractors",
            "Detractors",
            Unit::Share,
            "marks of 0 to 6 ÷ marks from 0 to 10",
            share(Survey::Nps, Survey::Nps.low()),
        ),
    ]
}
