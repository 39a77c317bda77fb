use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use store::StoreError;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::or_drained;

#[tokio::test]
async fn what_is_under_way_ends_before_an_error_is_told() {
    let (may_end, ended) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut under_way = JoinSet::new();
    for _ in 0..3 {
        let (may_end, ended) = (Arc::clone(&may_end), Arc::clone(&ended));
        under_way.spawn(async move {
            let _place = may_end.acquire().await.unwrap();
            ended.fetch_add(1, Ordering::SeqCst);
        });
    }
    assert_eq!(or_drained(Ok(7), &mut under_way).await, Ok(7));
    assert_eq!(under_way.len(), 3, "what was claimed goes on beside it");
    let failed = or_drained(Err::<(), _>(StoreError::Closed), &mut under_way);
    let release = async { may_end.add_permits(3) };
    assert_eq!(tokio::join!(failed, release).0, Err(StoreError::Closed));
    assert_eq!(ended.load(Ordering::SeqCst), 3);
}
