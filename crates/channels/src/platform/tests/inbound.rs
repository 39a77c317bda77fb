//! What deliveries of every platform say, in the shapes that their documentation, SDKs and
//! captured fixtures have: `inbound/<platform>.tsv` holds a label and a body on each line.

use super::{channel, parse, settings};
use crate::shape::Item;

/// One line an item: what it is known by, who, where, when, what.
fn told(item: &Item) -> String {
    let event = match item {
        Ok(event) => event,
        Err(bad) => return format!("  BAD {}: {}\n", bad.at, bad.why),
    };
    let (sender, address) = (&event.sender, &event.address);
    let route: Vec<String> =
        address.route.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let until = address
        .token
        .as_ref()
        .map_or(String::new(), |token| format!(" token until {}", token.until));
    let at = event.at.map_or("-".to_owned(), |at| at.to_string());
    format!(
        "  {} by {:?} {:?} in {} at {at} [{}]{until} locale {:?}\n    {:?}\n",
        event.dedupe,
        sender.key,
        sender.aliases,
        address.key,
        route.join(" "),
        event.locale,
        event.kind,
    )
}

fn check(name: &str, given: &[(&str, &str)], bodies: &str) {
    let platform = channel(name);
    let inbox = settings(platform, given);
    let mut out = String::new();
    for line in bodies.lines() {
        let (label, body) = line.split_once('\t').unwrap();
        let items = parse(platform, &inbox, body);
        let told: String = items.iter().map(told).collect();
        out.push_str(&format!("{label}:\n{told}"));
    }
    insta::assert_snapshot!(format!("inbound_{name}"), out);
}

macro_rules! tells {
    ($($test:ident $name:literal $given:expr;)*) => {
        $(#[test]
        fn $test() {
            check($name, &$given, include_str!(concat!("inbound/", $name, ".tsv")));
        })*
    };
}

tells! {
    chatwoot_tells "chatwoot" [];
    a_mail_tells "email" [("from", "Shop <help@shop.example>")];
    a_webhook_tells "hook" [];
    kakao_tells "kakao" [];
    line_tells "line" [];
    messenger_tells "messenger" [("app_id", "263")];
    slack_tells "slack" [("bot_user_id", "UBOT")];
    sunshine_tells "sunshine" [("integration", "bot")];
    telegram_tells "telegram" [("bot_username", "shop_bot")];
    viber_tells "viber" [];
    wechat_tells "wechat" [];
    zalo_tells "zalo" [];
}
