//! One transaction on one connection: statements are sent together and answered in order.

use std::borrow::Cow;

use deadpool_postgres::{Object, Pool};
use futures_util::stream::{FuturesOrdered, StreamExt};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};

use super::connect::{is_clash, take};
use super::value::Value;
use crate::error::StoreError;

/// How often something is done again that stood in another's way.
pub(super) const TRIES: u32 = 5;

/// A statement and its values.
#[derive(Debug)]
pub(super) struct Step<'a> {
    sql: Cow<'static, str>,
    values: Vec<Value<'a>>,
}

/// A statement as data: what a change consists of is known before anything is sent.
pub(super) fn step<'a>(sql: impl Into<Cow<'static, str>>, values: Vec<Value<'a>>) -> Step<'a> {
    Step { sql: sql.into(), values }
}

pub(super) fn begin() -> Step<'static> {
    step("BEGIN", Vec::new())
}

pub(super) fn commit() -> Step<'static> {
    step("COMMIT", Vec::new())
}

/// Why a transaction came to nothing.
#[derive(Debug)]
pub(super) enum Failure {
    /// As PostgreSQL says it.
    Sql(Error),
    /// As it is told.
    Store(StoreError),
}

impl Failure {
    /// Whether the same may succeed at once.
    pub(super) fn is_clash(&self) -> bool {
        matches!(self, Self::Sql(error) if is_clash(error))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Sql(error) => error.into(),
            Failure::Store(error) => error,
        }
    }
}

/// A connection while it is used for a change. Dropped within a transaction, it is closed: nobody
/// gets a connection in which somebody else's transaction is open.
#[derive(Debug)]
pub(super) struct Work {
    client: Option<Object>,
    open: bool,
}

impl Work {
    pub(super) async fn take(pool: &Pool) -> Result<Self, StoreError> {
        Ok(Self { client: Some(take(pool).await?), open: false })
    }

    /// Sends statements without waiting between them, and gives the rows of each. One that
    /// fails fails all after it, a `COMMIT` among them: that ends a transaction without it.
    pub(super) async fn run(&mut self, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        let Some(client) = &self.client else { return Ok(Vec::new()) };
        let mut statements = Vec::with_capacity(steps.len());
        for Step { sql, values } in steps {
            let kinds: Vec<_> = values.iter().map(Value::kind).collect();
            // From here on nothing but PostgreSQL's own answer can fail: all are sent, or none.
            statements.push(client.prepare_typed_cached(sql, &kinds).await?);
        }
        self.open = true;
        let sent = steps.iter().zip(&statements).map(|(step, statement)| {
            let values: Vec<_> =
                step.values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
            // Sent in the order in which they are first looked at, which is this one.
            async move { client.query(statement, &values).await }
        });
        let answers: Vec<_> = sent.collect::<FuturesOrdered<_>>().collect().await;
        if steps.last().is_some_and(|step| matches!(&*step.sql, "COMMIT" | "ROLLBACK")) {
            self.open = false;
        }
        answers.into_iter().collect()
    }

    /// Undoes what was done since `BEGIN`.
    pub(super) async fn roll_back(&mut self) -> Result<(), Error> {
        self.run(&[step("ROLLBACK", Vec::new())]).await.map(drop)
    }

    /// The rows of one statement.
    pub(super) async fn rows(&mut self, one: Step<'_>) -> Result<Vec<Row>, Error> {
        let mut rows = self.run(&[one]).await?;
        Ok(rows.pop().unwrap_or_default())
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Some(client) = self.client.take()
            && self.open
        {
            drop(Object::take(client));
        }
    }
}

/// Does these statements in one transaction; again where another stood in the way.
pub(super) async fn transact(pool: &Pool, steps: &[Step<'_>]) -> Result<(), StoreError> {
    let mut tries = 0;
    loop {
        let result = Work::take(pool).await?.run(steps).await;
        tries += 1;
        match result {
            Err(error) if is_clash(&error) && tries < TRIES => {}
            result => return Ok(result.map(drop)?),
        }
    }
}

/// The rows of one statement that stands by itself.
pub(super) async fn query(pool: &Pool, one: Step<'_>) -> Result<Vec<Row>, StoreError> {
    let client = take(pool).await?;
    let kinds: Vec<_> = one.values.iter().map(Value::kind).collect();
    let statement = client.prepare_typed_cached(&one.sql, &kinds).await?;
    let values: Vec<_> = one.values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    Ok(client.query(&statement, &values).await?)
}
