//! The same work for many items on a few threads. What comes back is in the order of the
//! items, whichever thread was first.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Compiling is a matter of tens of milliseconds: more threads than this gain nothing.
const THREADS: usize = 4;

/// Calls `work` for every item and its index.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let run = || {
            let mut done = Vec::new();
            while let at = next.fetch_add(1, Ordering::Relaxed)
                && let Some(item) = items.get(at)
            {
                done.push((at, work(at, item)));
            }
            done
        };
        let others: Vec<_> = (1..THREADS.min(items.len())).map(|_| scope.spawn(run)).collect();
        let mut done = run();
        for other in others {
            done.extend(join(other));
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// What a thread brought; a panic in it goes on here.
pub(crate) fn join<R>(handle: std::thread::ScopedJoinHandle<'_, R>) -> R {
    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
