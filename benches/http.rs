//! A durable turn through the whole gateway, in SQLite and in PostgreSQL on the same machine,
//! beside a bare axum handler and an analysis alone, at 32 clients on connections that stay open. Compare within a run; machines differ.
//!
//! `cargo bench -p benches --bench http` prints for each round requests a second, the ratio
//! to bare axum, the 50th and 99th percentile, and what the server's processors spent on a
//! request. Every answer is checked.
#![expect(
    clippy::unwrap_used,
    reason = "a bench whose service does not answer has nothing to measure"
)]
#![expect(clippy::disallowed_methods, reason = "benches start programs and measure time")]
#![expect(clippy::print_stdout, reason = "the figures are for people")]

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use axum::routing::post;
use axum::{Json, Router};
use benches::load::{Load, Program, Request, run};
use harness::{Options, Postgres, Service};
use serde_json::{Value, json};

/// Clients, each on a connection of its own.
const CLIENTS: usize = 32;
/// How often every mode is measured, in turn.
const ROUNDS: usize = 5;
/// How long a mode is measured in each round.
const WINDOW: Duration = Duration::from_secs(3);

/// What customers ask, a conversation each language.
const QUESTIONS: [[&str; 3]; 7] = [
    ["Where is my parcel?", "Which payment methods do you accept?", "Do you have a discount code?"],
    [
        "¿Dónde está mi paquete?",
        "¿Qué métodos de pago aceptan?",
        "¿Tienen algún código de descuento?",
    ],
    ["Wo ist mein Paket?", "Welche Zahlungsarten gibt es?", "Habt ihr einen Rabattcode?"],
    ["荷物は今どこですか？", "支払い方法は何がありますか？", "クーポンはありますか？"],
    ["我的包裹到哪里了？", "可以用什么方式付款？", "有优惠码吗？"],
    ["我的包裹到哪裡了？", "可以用什麼方式付款？", "有優惠碼嗎？"],
    ["وين طلبي؟", "شو طرق الدفع؟", "في كود خصم؟"],
];
/// What they must be taken for.
const INTENTS: [&str; 3] = ["tracking.status", "payment.methods", "promo.discount"];

/// The n-th message of a client: its conversation, its text and its intent.
fn message(n: usize) -> (usize, &'static str, &'static str) {
    let (conversation, place) = (n / INTENTS.len(), n % INTENTS.len());
    (conversation, QUESTIONS[conversation % QUESTIONS.len()][place], INTENTS[place])
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    match arguments.get(1).and_then(|argument| argument.to_str()) {
        // The bench is its own server, so that all are built alike.
        Some("serve") => gateway::run(arguments),
        Some("bare") => bare(),
        _ => measure(),
    }
}

/// The least that an HTTP service does: reads JSON, writes JSON.
fn bare() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let echo = async |Json(said): Json<Value>| Json(json!({ "said": said }));
        let router = Router::new().route("/v1/messages", post(echo));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        axum::serve(listener, router).await.unwrap();
    });
    ExitCode::SUCCESS
}

/// One way to be asked.
struct Mode<'a> {
    name: &'static str,
    address: SocketAddr,
    pid: u32,
    /// The database server it stands on, where that is another program.
    database: Option<&'a Postgres>,
    request: fn(&str, usize, usize) -> Request,
    token: &'static str,
}

impl Mode<'_> {
    /// Seconds that the processors have spent on it by now.
    fn cpu(&self) -> f64 {
        let others = self.database.map(Postgres::processes).unwrap_or_default();
        std::iter::once(self.pid).chain(others).map(cpu).sum()
    }
}

fn measure() -> ExitCode {
    let program = std::env::current_exe().unwrap();
    let program = program.to_str().unwrap();
    let flags = ["--api-requests-per-minute", "0"].map(str::to_owned).to_vec();
    let server = Postgres::durable();
    let shared = [flags.clone(), vec!["--database".to_owned(), server.database()]].concat();
    let service = Service::with(program, Options { flags, ..Options::default() });
    let on_postgres = Service::with(program, Options { flags: shared, ..Options::default() });
    let plain = Program::start(program, "bare");
    let gateway = |name, service: &Service, request| Mode {
        name,
        address: service.address,
        pid: service.pid(),
        database: None,
        request,
        token: service.admin.clone().leak(),
    };
    let turn_on_postgres =
        Mode { database: Some(&server), ..gateway("turn, pg", &on_postgres, turn) };
    let modes = [
        Mode {
            name: "bare axum",
            address: plain.address,
            pid: plain.pid,
            database: None,
            request: echo,
            token: "",
        },
        gateway("classify", &service, classify),
        gateway("turn", &service, turn),
        turn_on_postgres,
    ];
    println!("{CLIENTS} clients, {ROUNDS} rounds of {} s", WINDOW.as_secs());
    println!(
        "{:<10} {:>9} {:>6} {:>8} {:>8} {:>9}",
        "", "req/s", "ratio", "p50 ms", "p99 ms", "cpu µs"
    );
    let mut ratios: Vec<Vec<f64>> = vec![Vec::new(); modes.len()];
    // No message is sent twice.
    let mut began = vec![0; modes.len()];
    for round in 0..=ROUNDS {
        let mut base = 0.0;
        for (place, mode) in modes.iter().enumerate() {
            let load = Load { address: mode.address, clients: CLIENTS, window: WINDOW };
            let (from, before) = (began[place], mode.cpu());
            let watch = Instant::now();
            let (request, token) = (mode.request, mode.token);
            let seen = run(&load, move |client, n| request(token, client, from + n));
            let seconds = watch.elapsed().as_secs_f64();
            began[place] += seen.most.next_multiple_of(INTENTS.len());
            // The first round warms up.
            if round == 0 {
                continue;
            }
            let rate = seen.count() as f64 / seconds;
            if place == 0 {
                base = rate;
            }
            let spent = (mode.cpu() - before) * 1e6 / seen.count() as f64;
            ratios[place].push(rate / base);
            println!(
                "{:<10} {:>9.0} {:>6.3} {:>8.2} {:>8.2} {:>9.1}",
                mode.name,
                rate,
                rate / base,
                seen.percentile(50),
                seen.percentile(99),
                spent
            );
        }
    }
    for (mode, ratios) in modes.iter().zip(&mut ratios) {
        ratios.sort_by(f64::total_cmp);
        println!("{:<10} median ratio {:.3}", mode.name, ratios[ratios.len() / 2]);
    }
    check_stored(&service);
    check_stored(&on_postgres);
    ExitCode::SUCCESS
}

/// A conversation that was asked all its questions holds each, and an answer to each.
fn check_stored(service: &Service) {
    let tickets = service.get("/v1/tickets", Some(&service.admin)).ok();
    assert_eq!(tickets["tickets"], json!([]), "no question of the bench needs a person");
    let got = service.get("/v1/conversations/c-0-0/messages", Some(&service.admin)).ok();
    let texts: Vec<&str> = got["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["author"] == "customer")
        .filter_map(|message| message["text"].as_str())
        .collect();
    assert_eq!(texts, QUESTIONS[0], "{got}");
}

fn echo(_: &str, _: usize, n: usize) -> Request {
    let (_, text, _) = message(n);
    let body = json!({ "text": text }).to_string();
    let expect = format!("{{\"said\":{body}}}");
    Request::post("/v1/messages", "", &body, expect)
}

fn classify(token: &str, _: usize, n: usize) -> Request {
    let (_, text, intent) = message(n);
    let body = json!({ "text": text }).to_string();
    Request::post("/v1/classify", token, &body, format!("\"intent\":\"{intent}\""))
}

/// Each client goes through conversations of its own, message by message.
fn turn(token: &str, client: usize, n: usize) -> Request {
    let (conversation, text, intent) = message(n);
    let body = json!({
        "conversation_id": format!("c-{client}-{conversation}"),
        "message_id": format!("{client}-{n}"),
        "text": text,
    });
    let expect = format!("\"action\":\"answer\",\"rule\":\"answer\",\"why\":\"known: {intent}");
    Request::post("/v1/messages", token, &body.to_string(), expect)
}

/// Seconds that the processors have spent on a process.
fn cpu(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The program's name may hold spaces; behind its bracket come numbers.
    let after = stat.rsplit_once(") ").map_or("", |(_, after)| after);
    let ticks: f64 = after.split(' ').skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum();
    // Linux counts in hundredths of a second wherever this bench runs.
    ticks / 100.0
}
