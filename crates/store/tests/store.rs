//! What every store has to keep, run against each of them; and what is one's own.

mod postgres;
mod sqlite;
mod suite;

use suite::Backend;

/// A SQLite file in a folder of its own.
struct Sqlite(tempfile::TempDir);

impl Sqlite {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path().join("switchboard.db")
    }
}

impl Backend for Sqlite {
    type Store = store::SqliteStore;

    async fn open(&self) -> Self::Store {
        store::SqliteStore::open(&self.path(), store::Options::default()).expect("the file opens")
    }
}

/// Hands every part of the suite to a macro, which makes tests of them.
macro_rules! every_part {
    ($make:ident) => {
        $make! {
            a_conversation_comes_back_as_it_was,
            messages_come_after_a_place_and_in_order,
            a_batch_on_an_old_version_changes_nothing,
            turns_at_once_are_all_kept_in_order,
            a_repeated_message_is_done_once,
            the_same_message_many_times_at_once_is_done_once,
            one_failure_of_a_group_fails_alone,
            everything_outlives_a_restart,
            tickets_are_listed_by_due_time,
            pages_of_tickets_have_no_gaps,
            a_ticket_is_updated_in_its_place,
            api_tokens_are_found_by_hash_until_revoked,
            what_was_accepted_is_finished_before_closing,
            records_come_back_as_they_were,
            what_is_due_and_who_waits_is_found,
            what_happened_is_kept_in_order,
            a_person_has_room_once,
            an_event_comes_in_once_and_in_order,
            of_many_copies_at_once_one_is_new,
            what_is_to_be_sent_comes_with_its_cause,
            a_lane_goes_on_while_it_is_filled,
            what_is_known_otherwise_is_not_sent_again,
            receipts_never_go_back,
            what_is_taken_back_is_forgotten,
            words_names_and_numbers_are_found,
            notes_stay_among_people,
            a_period_is_counted,
            what_customers_were_asked_comes_out_as_it_was,
        }
    };
}
pub(crate) use every_part;

macro_rules! in_sqlite {
    ($($name:ident),* $(,)?) => {
        mod in_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    crate::suite::$name(crate::Sqlite::new()).await;
                }
            )*
        }
    };
}
every_part!(in_sqlite);
