use rusqlite::Connection;

use super::*;

/// No statement looks through a whole table, but for the list of API tokens and for
/// resolved tickets, where the walk ends with the page.
#[test]
fn everything_is_found_by_an_index() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("db");
    drop(schema::open_writer(&path).expect("opens"));
    let connection = schema::open_reader(&path).expect("opens");
    for (statement, expected) in [
        (
            CONVERSATION,
            [
                "c USING INDEX",
                "t USING INTEGER PRIMARY KEY",
                "tc USING INTEGER PRIMARY KEY",
                "a USING INTEGER PRIMARY KEY",
            ]
            .as_slice(),
        ),
        (MESSAGES, &["c USING COVERING INDEX", "m USING INDEX messages_in_order"]),
        (TURN, &["u USING INDEX turns_by_key", "c USING INTEGER PRIMARY KEY"]),
        (TICKET, &["t USING INDEX", "tc USING INTEGER PRIMARY KEY"]),
        (QUEUE, &["t USING INDEX tickets_next", "tc USING INTEGER PRIMARY KEY"]),
        (QUEUE_OF_ONE, &["t USING INDEX tickets_by_assignee", "tc USING INTEGER PRIMARY KEY"]),
        (RESOLVED, &["t USING INTEGER PRIMARY KEY", "tc USING INTEGER PRIMARY KEY"]),
        (super::super::outbox::WAITING, &["outbox USING INDEX outbox_open"]),
    ] {
        let mut plan = plan(&connection, statement);
        // Who has few tickets has them sorted.
        plan.retain(|step| statement != QUEUE_OF_ONE || !step.starts_with("USE TEMP B-TREE"));
        assert_eq!(plan.len(), expected.len(), "{plan:?}");
        for (step, expected) in plan.iter().zip(expected) {
            assert!(step.starts_with(&format!("SEARCH {expected}")), "{plan:?}");
        }
    }
}

fn plan(connection: &Connection, statement: &str) -> Vec<String> {
    let mut explain =
        connection.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).expect("a statement");
    let rows = explain.raw_query().mapped(|row| row.get(3)).collect::<Result<_, _>>();
    rows.expect("a plan")
}

/// A statement that is prepared anew at each use takes longer to prepare than to run.
#[test]
fn statements_are_prepared_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("db");
    drop(schema::open_writer(&path).expect("opens"));
    let connection = schema::open_reader(&path).expect("opens");
    for number in 0..5 {
        let name = format!("c{number}");
        let key = TurnKey { caller: name.clone(), message_id: name.clone() };
        assert_eq!(conversation(&connection, &ConversationId::new(&name)), Ok(None));
        assert_eq!(turn(&connection, &key), Ok(None));
        assert_eq!(ticket(&connection, &TicketId::new(&name)), Ok(None));
        assert!(messages(&connection, &ConversationId::new(&name), 0, 9).is_ok());
        assert!(tickets(&connection, &TicketQuery::default()).is_ok());
        let assignee = Some(desk::AgentId::new(&name));
        assert!(tickets(&connection, &TicketQuery { assignee, ..TicketQuery::default() }).is_ok());
    }
    for statement in [CONVERSATION, MESSAGES, TURN, TICKET, QUEUE, QUEUE_OF_ONE] {
        let statement = connection.prepare_cached(statement).expect("a statement");
        assert_eq!(statement.get_status(rusqlite::StatementStatus::RePrepare), 0);
        assert!(statement.get_status(rusqlite::StatementStatus::Run) >= 5, "it was kept");
    }
}
