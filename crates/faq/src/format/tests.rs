//! What each locale writes. The expected texts are those of ICU4C 78 (CLDR 48.0), read off
//! another program's `Intl`, but for three: the hour of es-MX is padded and ko says 오후
//! rather than PM, and vi counts one apart, as the later CLDR of ICU4X 2.4 has it.

use icu_plurals::PluralCategory::{self, Few, Many, One, Other};
use jiff::civil::{date, time};

use super::{Formats, Writer};
use crate::load::{Diagnostics, Place, parse_toml};
use crate::names::Names;
use crate::tests::support::at;
use crate::{Hours, Interval, Money, Period, PeriodUnit, WorkingDays};

/// Names as plain as can be, so that what is seen is the locale's.
const NAMES: &str = r#"
name = "Test"
[money]
pattern = "{amount}\u00a0{symbol}"
symbols = { EUR = "€", USD = "US$" }
[units]
minutes = { one = "{n} minute", other = "{n} minutes" }
hours = { one = "an hour", other = "{n} hours" }
days = { zero = "z{n}", one = "o{n}", two = "t{n}", few = "f{n}", many = "m{n}", other = "x{n}" }
working_days = { zero = "z{n}", one = "o{n}", two = "t{n}", few = "f{n}", many = "m{n}", other = "x{n}" }
months = { other = "{n} months" }
[time]
today = "today {time}"
tomorrow = "tomorrow {time}"
weekday = "{weekday} {time}"
date = "{date} {time}"
opens_today = "opens today {time}"
opens_tomorrow = "opens tomorrow {time}"
opens_weekday = "opens {weekday} {time}"
opens_date = "opens {date} {time}"
hours = "{days} {from}-{to}"
hours_zone = "{hours} ({zone})"
own_zone = "{time} (own)"
[teams]
1 = "a"
2 = "b"
3 = "c"
"#;

fn names(tag: &str, more: &str) -> Names {
    let mut diagnostics = Diagnostics::new(&[]);
    let text = format!("tag = \"{tag}\"\n{more}\n{NAMES}");
    let node = parse_toml(&text, Place::default(), &mut diagnostics);
    let names = Names::read(&node, tag, &mut diagnostics);
    diagnostics.finish().unwrap();
    names.unwrap()
}

fn check<T>(tag: &str, more: &str, read: impl FnOnce(Writer<'_>) -> T) -> T {
    let names = names(tag, more);
    let formats = Formats::new(&names.formats).unwrap();
    read(Writer { names: &names, formats: &formats, english: None })
}

#[test]
fn every_locale_writes_numbers_and_dates_its_own_way() {
    let table: [(&str, [&str; 7], [PluralCategory; 3]); 20] = [
        (
            "ar",
            [
                "1,234,567.50",
                "10\u{200e}%\u{200e}",
                "3–5",
                "4:30 م",
                "28 ديسمبر",
                "الاثنين",
                "A وB وC",
            ],
            [Few, One, Many],
        ),
        (
            "de",
            ["1.234.567,50", "10\u{a0}%", "3–5", "16:30", "28. Dezember", "Montag", "A, B und C"],
            [Other, One, Other],
        ),
        (
            "en-150",
            ["1,234,567.50", "10%", "3–5", "16:30", "28 December", "Monday", "A, B and C"],
            [Other, One, Other],
        ),
        (
            "es",
            ["1.234.567,50", "10\u{a0}%", "3-5", "16:30", "28 de diciembre", "lunes", "A, B y C"],
            [Other, One, Other],
        ),
        (
            "es-MX",
            [
                "1,234,567.50",
                "10%",
                "3-5",
                "04:30\u{202f}p.m.",
                "28 de diciembre",
                "lunes",
                "A, B y C",
            ],
            [Other, One, Other],
        ),
        (
            "fr",
            [
                "1\u{202f}234\u{202f}567,50",
                "10\u{a0}%",
                "3–5",
                "16:30",
                "28 décembre",
                "lundi",
                "A, B et C",
            ],
            [Other, One, Other],
        ),
        (
            "id",
            ["1.234.567,50", "10%", "3–5", "16.30", "28 Desember", "Senin", "A, B, dan C"],
            [Other, Other, Other],
        ),
        (
            "it",
            ["1.234.567,50", "10%", "3-5", "16:30", "28 dicembre", "lunedì", "A, B e C"],
            [Other, One, Other],
        ),
        (
            "ja",
            ["1,234,567.50", "10%", "3～5", "16:30", "12月28日", "月曜日", "A、B、C"],
            [Other, Other, Other],
        ),
        (
            "ko",
            ["1,234,567.50", "10%", "3~5", "오후 4:30", "12월 28일", "월요일", "A, B 및 C"],
            [Other, Other, Other],
        ),
        (
            "nl",
            ["1.234.567,50", "10%", "3-5", "16:30", "28 december", "maandag", "A, B en C"],
            [Other, One, Other],
        ),
        (
            "pl",
            [
                "1\u{a0}234\u{a0}567,50",
                "10%",
                "3–5",
                "16:30",
                "28 grudnia",
                "poniedziałek",
                "A, B i C",
            ],
            [Many, One, Many],
        ),
        (
            "pt-BR",
            ["1.234.567,50", "10%", "3-5", "16:30", "28 de dezembro", "segunda-feira", "A, B e C"],
            [Other, One, Other],
        ),
        (
            "pt-PT",
            [
                "1\u{a0}234\u{a0}567,50",
                "10%",
                "3 - 5",
                "16:30",
                "28 de dezembro",
                "segunda-feira",
                "A, B e C",
            ],
            [Other, One, Other],
        ),
        (
            "ru",
            [
                "1\u{a0}234\u{a0}567,50",
                "10\u{a0}%",
                "3–5",
                "16:30",
                "28 декабря",
                "понедельник",
                "A, B и C",
            ],
            [Many, One, Many],
        ),
        (
            "th",
            ["1,234,567.50", "10%", "3-5", "16:30", "28 ธันวาคม", "วันจันทร์", "A B และC"],
            [Other, Other, Other],
        ),
        (
            "tr",
            ["1.234.567,50", "%10", "3–5", "16:30", "28 Aralık", "Pazartesi", "A, B ve C"],
            [Other, One, Other],
        ),
        (
            "vi",
            ["1.234.567,50", "10%", "3-5", "16:30", "28 tháng 12", "Thứ Hai", "A, B và C"],
            [Other, One, Other],
        ),
        (
            "zh-Hans",
            ["1,234,567.50", "10%", "3-5", "16:30", "12月28日", "星期一", "A、B和C"],
            [Other, Other, Other],
        ),
        (
            "zh-Hant",
            ["1,234,567.50", "10%", "3-5", "下午4:30", "12月28日", "星期一", "A、B和C"],
            [Other, Other, Other],
        ),
    ];
    let day = date(2026, 12, 28);
    let letters = ["A", "B", "C"].map(str::to_owned);
    for (tag, texts, plurals) in table {
        check(tag, "", |writer| {
            let formats = writer.formats;
            let written = [
                formats.decimal("1234567.50"),
                writer.percent(10),
                writer.range(3, 5),
                formats.time(time(16, 30, 0, 0)),
                formats.month_day(day),
                formats.weekday(day),
                formats.list(&letters),
            ];
            assert_eq!(written, texts, "{tag}");
            assert_eq!(
                [formats.plural_of_range(3, 5), formats.plural(1), formats.plural(30)],
                plurals,
                "{tag}"
            );
        });
    }
}

#[test]
fn units_take_the_plural_form_of_their_number() {
    let days = |from, to| WorkingDays { from, to };
    for (tag, range, expected) in [
        ("en", days(1, 1), "o1"),
        ("en", days(0, 1), "x0–1"),
        ("en", days(1, 2), "x1–2"),
        ("ar", days(1, 2), "x1–2"),
        ("ar", days(3, 10), "f3–10"),
        ("ar", days(8, 14), "m8–14"),
        ("pl", days(2, 3), "f2–3"),
        ("pl", days(4, 7), "m4–7"),
        ("ru", days(20, 21), "o20–21"),
        ("ja", days(1, 1), "x1"),
    ] {
        assert_eq!(
            check(tag, "", |writer| writer.working_days(range)),
            expected,
            "{tag} {range:?}"
        );
    }
    let period = |amount, unit| Period { amount, unit };
    for (tag, period, expected) in [
        ("en", period(1, PeriodUnit::Hours), "an hour"),
        ("en", period(24, PeriodUnit::Months), "24 months"),
        ("pl", period(22, PeriodUnit::Days), "f22"),
        ("de", period(1000, PeriodUnit::Days), "x1.000"),
    ] {
        assert_eq!(check(tag, "", |writer| writer.period(period)), expected, "{tag} {period:?}");
    }
}

#[test]
fn money_keeps_its_digits_and_takes_the_symbol_of_the_locale() {
    for (tag, more, amount, currency, expected) in [
        ("de", "", "3.90", "EUR", "3,90\u{a0}€"),
        ("es", "", "2400", "JPY", "2400\u{a0}JPY"),
        ("en", "", "21000", "KRW", "21,000\u{a0}KRW"),
        ("fr", "", "1349.00", "MXN", "1\u{202f}349,00\u{a0}MXN"),
        ("ar-EG", "", "19.90", "EUR", "١٩٫٩٠\u{a0}€"),
        ("ar", "formats = \"ar-u-nu-arab\"", "19.90", "EUR", "١٩٫٩٠\u{a0}€"),
    ] {
        let money = Money { amount: amount.to_owned(), currency: currency.to_owned() };
        assert_eq!(check(tag, more, |writer| writer.money(&money)), expected, "{tag} {money:?}");
    }
}

#[test]
fn patterns_of_the_names_stand_above_those_of_cldr() {
    let more = "percent = \"{n} procent\"\nrange = \"{from} to {to}\"";
    check("en", more, |writer| {
        assert_eq!(writer.percent(10), "10 procent");
        assert_eq!(writer.range(3, 5), "3 to 5");
    });
}

#[test]
fn opening_hours_are_told_by_groups_of_days() {
    let interval = |start, end: Option<i8>| Interval {
        start: time(start, 0, 0, 0),
        end: end.map(|end| time(end, 0, 0, 0)),
    };
    let hours = |week: [Vec<Interval>; 7]| Hours {
        zone_name: "America/Mexico_City".to_owned(),
        time_zone: jiff::tz::TimeZone::get("America/Mexico_City").unwrap(),
        week,
        holidays: Default::default(),
    };
    let (office, short, none) =
        (vec![interval(9, Some(18))], vec![interval(9, Some(17))], Vec::new());
    let split = vec![interval(9, Some(12)), interval(14, Some(18))];
    let all_day = vec![interval(0, None)];
    let week =
        |monday_to_thursday: &Vec<Interval>, friday: &Vec<Interval>, weekend: &Vec<Interval>| {
            let [a, b, c, d] = [0; 4].map(|_| monday_to_thursday.clone());
            hours([a, b, c, d, friday.clone(), weekend.clone(), weekend.clone()])
        };
    for (tag, hours, expected) in [
        ("en-150", week(&office, &short, &none), "Mon–Thu 09:00-18:00 and Fri 09:00-17:00"),
        ("ja", week(&office, &short, &none), "月～木 9:00-18:00、金 9:00-17:00"),
        ("de", week(&split, &split, &none), "Mo–Fr 09:00-12:00 und Mo–Fr 14:00-18:00"),
        ("zh-Hans", week(&all_day, &all_day, &all_day), "周一–周日 00:00-24:00"),
    ] {
        assert_eq!(check(tag, "", |writer| writer.week(&hours)), expected, "{tag}");
    }
}

#[test]
fn moments_are_told_as_seen_from_now() {
    let now = at("2026-11-21T22:30:00Z");
    for (zone, moment, expected) in [
        ("UTC", "2026-11-21T23:15:00Z", "today 23:15"),
        ("UTC", "2026-11-22T08:00:00Z", "tomorrow 08:00"),
        ("UTC", "2026-11-23T08:00:00Z", "Monday 08:00"),
        ("UTC", "2026-11-27T08:00:00Z", "Friday 08:00"),
        ("UTC", "2026-11-28T08:00:00Z", "28 November 08:00"),
        ("UTC", "2026-11-20T08:00:00Z", "20 November 08:00"),
        // In Tokyo it is already the 22nd; in Mexico City still the afternoon of the 21st.
        ("Asia/Tokyo", "2026-11-21T23:15:00Z", "today 08:15"),
        ("Asia/Tokyo", "2026-11-22T15:00:00Z", "tomorrow 00:00"),
        ("America/Mexico_City", "2026-11-22T05:00:00Z", "today 23:00"),
    ] {
        let zone = jiff::tz::TimeZone::get(zone).unwrap();
        let told = check("en-150", "", |writer| {
            writer.moment(&writer.names.moments.due, at(moment), now, &zone)
        });
        assert_eq!(told, expected, "{moment} in {zone:?}");
    }
}

#[test]
fn days_of_the_week_are_inflected_where_the_names_say_how() {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let table: String = days.iter().map(|day| format!("{day} = \"do {day}\"\n")).collect();
    let names = names("pl", "");
    let mut diagnostics = Diagnostics::new(&[]);
    let text = format!("tag = \"pl\"\n{NAMES}\n[weekdays]\n{table}");
    let node = parse_toml(&text, Place::default(), &mut diagnostics);
    let inflected = Names::read(&node, "pl", &mut diagnostics).unwrap();
    let formats = Formats::new(&names.formats).unwrap();
    let told = |names: &Names| {
        let writer = Writer { names, formats: &formats, english: None };
        writer.moment(
            &names.moments.due,
            at("2026-11-25T08:00:00Z"),
            at("2026-11-21T08:00:00Z"),
            &jiff::tz::TimeZone::UTC,
        )
    };
    assert_eq!([told(&names), told(&inflected)], ["środa 08:00", "do wednesday 08:00"]);
}
