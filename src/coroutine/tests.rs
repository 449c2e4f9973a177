//! The scheduler on a toy engine: a body runs to its end, and "after the wait" is a closure that it leaves behind.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::*;

type Step = Box<dyn FnOnce()>;

/// An engine without stacks. A parked body cannot come back into the middle of a function, so [`World::wait`] gives
/// the rest of the body as a closure and the engine calls it on resume.
#[derive(Default)]
struct Steps {
    rest: RefCell<HashMap<i64, Step>>,
    running: Cell<i64>,
    blocked: Cell<bool>,
    stacks: Cell<usize>,
    rung: RefCell<Vec<(i64, &'static str)>>,
}

impl Steps {
    fn turn(&self, cid: i64, step: impl FnOnce()) -> Turn {
        let outer = self.running.replace(cid);
        step();
        self.running.set(outer);
        if self.rest.borrow().contains_key(&cid) { Turn::Parked } else { Turn::Ended }
    }
}

impl Resume for Steps {
    type Stack = Rc<Cell<i64>>;
    type Alarm = &'static str;

    fn acquire(&self) -> Result<Self::Stack, SpawnError> {
        if self.stacks.get() == 0 {
            return Err(SpawnError::NoStack);
        }
        Ok(Rc::new(Cell::new(0)))
    }

    fn start<F: FnOnce()>(&self, stack: &Self::Stack, cid: Cid, body: F) -> Turn {
        stack.set(cid.0);
        self.turn(cid.0, body)
    }

    fn resume(&self, stack: &Self::Stack) -> Turn {
        let step = self.rest.borrow_mut().remove(&stack.get()).expect("parked");
        self.turn(stack.get(), step)
    }

    fn release(&self, stack: Self::Stack) {
        assert_eq!(Rc::strong_count(&stack), 2, "the table and whoever ran it have let go of it");
    }

    fn park(&self, stack: &Self::Stack) {
        assert!(self.rest.borrow().contains_key(&stack.get()), "the toy must say what comes after a wait");
    }

    fn may_switch(&self) -> bool {
        !self.blocked.get()
    }

    fn woken(&self, _: Wake) {}

    fn ring(&self, alarm: &'static str, id: i64) {
        self.rung.borrow_mut().push((id, alarm));
    }
}

/// A scheduler on the toy engine, for tests of what never waits.
pub(super) fn world() -> Scheduler<impl Resume> {
    Scheduler::new(Steps::default())
}

#[derive(Clone)]
struct World(Rc<Scheduler<Steps>>, Rc<RefCell<Vec<String>>>);

impl World {
    fn new() -> Self {
        let world = World(Rc::new(Scheduler::new(Steps::default())), Rc::default());
        world.0.engine().stacks.set(usize::MAX);
        world
    }

    fn say(&self, what: impl Into<String>) {
        self.1.borrow_mut().push(what.into());
    }

    fn said(&self) -> String {
        self.1.borrow().join(" ")
    }

    fn go(&self, body: impl FnOnce(&World)) -> Cid {
        let world = self.clone();
        self.0.spawn(|| body(&world)).expect("a coroutine")
    }

    /// Parks the current coroutine; `rest` is the rest of its body.
    fn wait(&self, wait: Wait, deadline: Option<u64>, rest: impl FnOnce(&World, Wake) + 'static) {
        let cid = self.0.current().expect("inside");
        let world = self.clone();
        let step = Box::new(move || {
            // What suspend() returns on a real stack.
            let wake = world.0.wake_of(cid);
            rest(&world, wake);
        });
        self.0.engine().rest.borrow_mut().insert(cid.0, step);
        self.0.suspend(wait, deadline);
    }

    fn sleep(&self, ms: u64, rest: impl FnOnce(&World, Wake) + 'static) {
        self.wait(Wait::Sleep, Some(self.0.after(Duration::from_millis(ms))), rest);
    }

    fn run(&self) -> End {
        run_timers(&self.0).expect("only timers")
    }
}

#[test]
fn ids_grow_from_one_and_are_never_reused() {
    let world = World::new();
    let cids: Vec<i64> = (0..3).map(|_| world.go(|_| ()).0).collect();
    assert_eq!(cids, [1, 2, 3]);
    assert_eq!(world.0.stats(), Stats { alive: 0, peak: 1, last_cid: 3, timers: 0 });
}

#[test]
fn a_nested_spawn_runs_the_child_until_its_first_wait() {
    let world = World::new();
    world.go(|w| {
        w.say("parent");
        let child = w.go(|w| {
            w.say("child");
            w.sleep(1, |w, _| w.say("child-after"));
        });
        assert_eq!(w.0.parent(child), Some(w.0.current()));
        w.say("parent-after");
    });
    assert_eq!(world.0.current(), None);
    assert_eq!(world.run(), End::Idle);
    assert_eq!(world.said(), "parent child parent-after child-after");
}

#[test]
fn sleepers_wake_in_the_order_of_their_deadlines() {
    let world = World::new();
    for ms in [12, 4, 8] {
        world.go(|w| w.sleep(ms, move |w, wake| w.say(format!("{ms}:{wake:?}"))));
    }
    let start = Instant::now();
    assert_eq!(world.run(), End::Idle);
    assert!(start.elapsed() >= Duration::from_millis(11));
    assert_eq!(world.said(), "4:Timeout 8:Timeout 12:Timeout");
}

#[test]
fn a_yield_ends_only_by_a_resume_of_that_id() {
    let world = World::new();
    let cid = world.go(|w| w.wait(Wait::Yield, None, |w, wake| w.say(format!("{wake:?}"))));
    assert_eq!(world.0.state(cid), Some(State::Waiting(Wait::Yield)));
    assert_eq!(world.run(), End::Deadlock);
    let (ticket, wait) = world.0.waiting(cid).expect("waits");
    assert_eq!(wait, Wait::Yield);
    assert!(world.0.resume(ticket, Wake::Ready));
    assert!(!world.0.resume(ticket, Wake::Ready));
    assert!(!world.0.exists(cid));
    assert_eq!(world.said(), "Ready");
    assert_eq!(world.run(), End::Idle);
}

#[test]
fn a_canceled_sleep_leaves_no_timer_behind() {
    let world = World::new();
    let cid = world.go(|w| {
        w.sleep(3_600_000, |w, wake| w.say(format!("{wake:?} {}", w.0.was_canceled())));
    });
    assert_eq!(world.0.stats().timers, 1);
    assert!(world.0.cancel(cid, Cancel::Quiet));
    assert!(!world.0.cancel(cid, Cancel::Quiet));
    assert_eq!(world.said(), "Canceled(Quiet) true");
    assert_eq!(world.0.stats().timers, 0);
}

#[test]
fn a_coroutine_that_runs_cannot_be_canceled() {
    let world = World::new();
    world.go(|w| {
        let own = w.0.current().expect("inside");
        assert!(!w.0.cancel(own, Cancel::Quiet));
        w.go(move |w| assert!(!w.0.cancel(own, Cancel::Quiet)));
    });
}

#[test]
fn an_old_ticket_does_not_end_a_new_wait() {
    let world = World::new();
    let ticket = Rc::new(Cell::new(None));
    let keep = Rc::clone(&ticket);
    let cid = world.go(move |w| {
        keep.set(w.0.ticket());
        w.wait(Wait::Yield, None, |w, _| w.wait(Wait::Yield, None, |w, _| w.say("end")));
    });
    let old = ticket.get().expect("ticket");
    world.0.ready().push(old);
    world.0.ready().push(old);
    world.0.run_ready();
    assert!(world.0.exists(cid));
    assert_eq!(world.said(), "");
}

#[test]
fn the_limit_counts_living_coroutines() {
    let world = World::new();
    world.0.set_limit(2);
    let first = world.go(|w| w.wait(Wait::Yield, None, |_, _| ()));
    world.go(|w| {
        assert_eq!(w.0.spawn(|| ()), Err(SpawnError::Limit(2)));
    });
    assert!(world.0.spawn(|| ()).is_ok());
    assert!(world.0.cancel(first, Cancel::Quiet));
    assert_eq!(world.0.stats().peak, 2);
}

#[test]
fn without_a_stack_there_is_an_error_and_nothing_is_left() {
    let world = World::new();
    world.0.engine().stacks.set(0);
    assert_eq!(world.0.spawn(|| unreachable!("no stack")), Err(SpawnError::NoStack));
    world.0.engine().stacks.set(1);
    world.0.engine().blocked.set(true);
    assert_eq!(world.0.spawn(|| unreachable!("blocked")), Err(SpawnError::Blocked));
    assert!(world.0.is_idle());
    assert_eq!(world.0.list(), []);
}

#[test]
fn joiners_go_on_when_the_other_has_ended() {
    let world = World::new();
    let other = world.go(|w| w.sleep(2, |w, _| w.say("other")));
    for name in ["a", "b"] {
        world.go(move |w| {
            // What join() does around its wait.
            let ticket = w.0.ticket().expect("inside");
            assert!(w.0.await_end(other, ticket));
            w.wait(Wait::Join, None, move |w, wake| w.say(format!("{name}:{wake:?}")));
        });
    }
    assert_eq!(world.run(), End::Idle);
    assert_eq!(world.said(), "other a:Ready b:Ready");
    world.go(move |w| assert_eq!(w.0.join(&[other, Cid(99)], None), Wake::Ready));
}

#[test]
fn a_time_limit_cancels_the_wait_it_finds() {
    let world = World::new();
    world.go(|w| {
        w.0.limit_time(Some(w.0.after(Duration::from_millis(2))));
        w.sleep(3_600_000, |w, wake| w.say(format!("{wake:?}")));
    });
    assert_eq!(world.run(), End::Idle);
    assert_eq!(world.said(), "Canceled(TimeLimit)");
}

#[test]
fn a_time_limit_dies_with_its_coroutine() {
    let world = World::new();
    world.go(|w| assert!(w.0.limit_time(Some(w.0.after(Duration::from_secs(3600))))));
    assert_eq!(world.0.stats().timers, 0);
}

#[test]
fn where_switching_is_blocked_waits_are_refused_and_resumes_are_queued() {
    let world = World::new();
    let cid = world.go(|w| w.wait(Wait::Yield, None, |w, _| w.say("resumed")));
    world.go(|w| {
        w.0.engine().blocked.set(true);
        assert_eq!(w.0.suspend(Wait::Sleep, Some(0)), Wake::Refused);
        let (ticket, _) = w.0.waiting(cid).expect("waits");
        assert!(w.0.resume(ticket, Wake::Ready));
        assert_eq!(w.said(), "");
        w.0.engine().blocked.set(false);
    });
    assert_eq!(world.run(), End::Idle);
    assert_eq!(world.said(), "resumed");
}

#[test]
fn outside_a_coroutine_a_wait_is_refused() {
    let world = World::new();
    assert_eq!(world.0.suspend(Wait::Sleep, Some(0)), Wake::Refused);
    assert_eq!(world.0.pass(), Wake::Refused);
    assert_eq!(world.0.join(&[Cid(1)], None), Wake::Refused);
}

#[test]
fn shutdown_unwinds_everybody_and_refuses_new_waits() {
    let world = World::new();
    world.0.alarm_tick(Duration::from_secs(1), "tick");
    for _ in 0..2 {
        world.go(|w| {
            w.sleep(3_600_000, |w, wake| {
                w.say(format!("{wake:?}"));
                assert_eq!(w.0.suspend(Wait::Sleep, Some(0)), Wake::Shutdown);
            });
        });
    }
    world.0.shut_down();
    assert_eq!(world.said(), "Shutdown Shutdown");
    assert!(world.0.is_idle());
}

#[test]
fn an_alarm_rings_once_and_a_tick_until_it_is_cleared() {
    let world = World::new();
    let once = world.0.alarm_after(Duration::from_millis(1), "once");
    let tick = world.0.alarm_tick(Duration::from_millis(2), "tick");
    let (w, sleeper) = (world.clone(), world.clone());
    world.go(|_| sleeper.sleep(7, move |_, _| assert!(w.0.clear_alarm(tick))));
    assert_eq!(world.0.alarm_ids(), [once, tick]);
    assert_eq!(world.run(), End::Idle);
    let rung = world.0.engine().rung.borrow().clone();
    assert_eq!(rung[0], (once, "once"));
    assert!(rung[1..].iter().all(|&ring| ring == (tick, "tick")) && rung.len() > 1 && rung.len() <= 5);
    assert!(!world.0.alarm_exists(once) && !world.0.clear_alarm(tick));
    assert_eq!(world.0.stats().timers, 0);
}

#[test]
fn a_tick_does_not_drift_and_skips_the_rounds_it_missed() {
    let world = World::new();
    let tick = world.0.alarm_tick(Duration::from_millis(10), "tick");
    let first = world.0.alarm_info(tick).expect("there").at_ms;
    std::thread::sleep(Duration::from_millis(36));
    world.0.fire_due();
    world.0.fire_due();
    let info = world.0.alarm_info(tick).expect("there");
    assert_eq!(info.count, 1);
    assert_eq!((info.at_ms - first) % 10, 0);
    assert!(info.at_ms - first >= 30);
}

#[test]
fn a_hundred_thousand_timers_all_ring_in_order() {
    let world = World::new();
    let start = Instant::now();
    for number in 0..100_000u64 {
        world.0.alarm_after(Duration::from_millis(number % 50), "x");
    }
    let cleared: Vec<i64> = world.0.alarm_ids().into_iter().step_by(2).collect();
    assert!(cleared.into_iter().all(|id| world.0.clear_alarm(id)));
    assert_eq!(world.run(), End::Idle);
    assert_eq!(world.0.engine().rung.borrow().len(), 50_000);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_stop_ends_the_loop_at_once_and_can_be_taken_back() {
    let world = World::new();
    let w = world.clone();
    world.go(|_| w.clone().sleep(1, move |_, _| w.0.stop()));
    world.go(|w| w.sleep(3_600_000, |_, _| ()));
    assert_eq!(world.run(), End::Stopped);
    world.0.restart();
    world.0.shut_down();
    assert_eq!(world.run(), End::Idle);
}

#[test]
fn a_future_wakes_its_coroutine_through_the_driver() {
    let world = World::new();
    let driver = Driver::new().expect("a runtime");
    let (ready, w) = (Rc::clone(world.0.ready()), world.clone());
    world.go(|_| {
        let (ticket, hold) = (w.0.ticket().expect("inside"), ready.hold());
        driver.spawn(async move {
            tokio::time::sleep(Duration::from_millis(2)).await;
            drop(hold);
            ready.push(ticket);
        });
        w.wait(Wait::Outside, None, |w, wake| w.say(format!("{wake:?}")));
    });
    assert!(!world.0.is_deadlocked());
    assert_eq!(run_timers(&world.0), None);
    assert_eq!(driver.run(&world.0), End::Idle);
    assert_eq!(world.said(), "Ready");
}

#[test]
fn the_driver_keeps_deadlines_and_lets_tasks_run_between_passes() {
    let world = World::new();
    let driver = Driver::new().expect("a runtime");
    let done = Rc::new(Cell::new(false));
    let flag = Rc::clone(&done);
    driver.spawn(async move { flag.set(true) });
    fn pass(w: &World, done: Rc<Cell<bool>>) {
        if done.get() {
            return w.say("done");
        }
        w.0.ready().push(w.0.ticket().expect("inside"));
        w.wait(Wait::Sleep, None, move |w, _| pass(w, done));
    }
    world.go(|w| pass(w, done));
    world.go(|w| w.sleep(3, |w, _| w.say("slept")));
    assert_eq!(driver.run(&world.0), End::Idle);
    assert_eq!(world.said(), "done slept");
}

#[test]
fn the_driver_ends_when_the_last_hold_is_let_go() {
    let world = World::new();
    let driver = Driver::new().expect("a runtime");
    let hold = world.0.ready().hold();
    driver.spawn(async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        drop(hold);
    });
    assert_eq!(driver.run(&world.0), End::Idle);
}

#[test]
fn the_driver_reports_a_deadlock() {
    let world = World::new();
    let driver = Driver::new().expect("a runtime");
    let cid = world.go(|w| w.wait(Wait::Channel, None, |_, _| ()));
    assert_eq!(driver.run(&world.0), End::Deadlock);
    assert_eq!(world.0.list(), [cid]);
    world.0.shut_down();
}

#[test]
fn a_struck_bell_rings_in_the_next_round_and_keeps_the_loop_alive() {
    let world = World::new();
    let bell = world.0.hang_bell("struck");
    let silent = world.0.hang_bell("taken down");
    world.0.ready().strike(bell, false);
    world.0.ready().strike(bell, false);
    world.0.ready().strike(silent, false);
    world.0.ring_soon("once");
    world.0.take_bell(silent);
    assert!(!world.0.is_idle());
    assert!(!world.0.ring_each_round(false, Some("round")) && world.0.ring_each_round(false, None));
    assert_eq!(world.run(), End::Idle);
    let rung: Vec<&str> = world.0.engine().rung.borrow().iter().map(|(_, what)| *what).collect();
    assert_eq!(rung, ["struck", "struck", "once"]);
}
