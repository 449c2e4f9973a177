//! The coroutine world of the PHP thread: one scheduler on [`Fibers`], its runtime, and what PHP needs around them:
//! what happens to uncaught exceptions, `exit()` and fatal errors inside coroutines, the loop at the end of a script,
//! contexts, backtraces.
//!
//! Classes and the server call these functions. After anything that may have switched they call [`settle`] (or get its
//! result from the function) and hand the error on: that is how `exit()` and fatal errors of one coroutine end the rest.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::call::Callback;
use super::error::{self, Result, Thrown};
use super::fiber::Fibers;
use super::fiber_abi as abi;
use super::object::Object;
use super::sys;
use super::value::Value;
use crate::coroutine::{
    Cid, Driver, End, Job, Scheduler, SpawnError, Task, Wake, await_task as await_task_on, run_timers,
    start_task,
};

/// The scheduler of the PHP thread.
#[inline]
pub fn scheduler() -> &'static Scheduler<Fibers> {
    &world().scheduler
}

/// The runtime of the PHP thread, made on first use and afresh in a forked process.
pub fn driver() -> io::Result<&'static Driver> {
    world().driver()
}

/// Makes a coroutine and runs it until its first wait. The inner error says why there is none.
#[inline]
pub fn go<F: FnOnce()>(body: F) -> Result<Result<Cid, SpawnError>> {
    go_or_return(body).map(|made| made.map_err(|(refused, _)| refused))
}

/// As [`go`]; what is not run comes back.
#[inline]
pub fn go_or_return<F: FnOnce()>(body: F) -> Result<Result<Cid, (SpawnError, F)>> {
    let world = world();
    let made = world.scheduler.spawn_or_return(body);
    settle()?;
    world.run_at_end();
    Ok(made)
}

/// To be called after anything that may have run another coroutine, before going on with PHP.
///
/// `Err` when this stack is to be left too: an exception is pending, or `exit()` or a fatal error has ended another.
#[inline]
pub fn settle() -> Result {
    if sys::exception_pending() || ENDING.load(Relaxed) {
        return world().leave();
    }
    Ok(())
}

/// Whether `exit()` or a fatal error has ended a coroutine, so that the process is to end. A server's loop looks at it
/// when [`Scheduler::is_stopped`] and then returns the result of [`settle`].
pub fn is_ending() -> bool {
    let world = world();
    world.exiting.get() || is_ending_for_good(world)
}

/// Whether PHP stands where a loop may be run: on no coroutine.
pub fn is_outside() -> bool {
    scheduler().current().is_none()
}

/// What is to be done with an exception that a coroutine did not catch; the handler finds it pending and must clear it.
/// Scripts end with a fatal error; a server has its own idea.
pub fn on_uncaught(handler: fn()) {
    world().uncaught.set(handler);
}

/// Runs coroutines and timers until none is left, on the main stack.
pub fn run_loop() -> Result<End> {
    let world = world();
    let _inside = world.enter_loop();
    let end = match run_timers(&world.scheduler) {
        Some(end) => end,
        None => match world.driver() {
            Ok(driver) => driver.run(&world.scheduler),
            Err(error) => return Err(error::error(format_args!("no event loop: {error}"))),
        },
    };
    settle()?;
    world.scheduler.restart();
    Ok(end)
}

/// Whether a loop is running somewhere below.
pub fn is_looping() -> bool {
    world().loops.get() > 0
}

/// Says that a loop of the caller's own is running: nothing needs to be run at the end of the script.
pub fn enter_loop() -> InLoop {
    world().enter_loop()
}

/// See [`enter_loop`].
#[derive(Debug)]
pub struct InLoop(&'static World);

impl Drop for InLoop {
    fn drop(&mut self) {
        self.0.loops.set(self.0.loops.get() - 1);
    }
}

/// Sees to it that waiting coroutines and timers are run when the script ends.
pub fn run_at_end() {
    world().run_at_end();
}

/// Calls this when the current coroutine ends, the last one first. False outside a coroutine.
pub fn defer(callback: Callback) -> bool {
    let scheduler = scheduler();
    let Some(runner) = scheduler.current().and_then(|cid| scheduler.stack(cid)) else { return false };
    runner.defer(callback);
    true
}

/// The context object of a coroutine, made on first use; None when there is no such coroutine.
pub fn locals(cid: Cid, make: impl FnOnce() -> Result<Object>) -> Option<Result<Object>> {
    Some(scheduler().stack(cid)?.locals(make))
}

/// `debug_backtrace()` of any coroutine; None when there is no such coroutine.
pub fn backtrace(cid: Cid, options: i64, limit: i64) -> Option<Value> {
    let scheduler = scheduler();
    let runner = scheduler.stack(cid)?;
    let frame = if scheduler.current() == Some(cid) {
        abi::frame()
    } else if runner.frame().is_null() {
        // It runs below others: whoever was entered from its stack knows where it stands.
        let above = scheduler.list().into_iter().filter_map(|other| scheduler.stack(other));
        above.filter_map(|other| other.entered_from(&runner)).next()?
    } else {
        runner.frame()
    };
    let narrow = |number: i64| i32::try_from(number.max(0)).unwrap_or(i32::MAX);
    let mut trace = sys::zval_of(sys::IS_NULL);
    // SAFETY: the frame belongs to a stack that is parked, or waits below, until this function returns; the engine only
    // walks over it. The field is put back before anything else runs.
    unsafe {
        let here = (*sys::eg()).current_execute_data;
        (*sys::eg()).current_execute_data = frame;
        abi::zend_fetch_debug_backtrace(&raw mut *trace, 0, narrow(options), narrow(limit));
        (*sys::eg()).current_execute_data = here;
    }
    Some(Value::from_raw(trace))
}

/// A backtrace as PHP prints it.
pub fn backtrace_text(trace: &Value) -> String {
    if trace.as_array().is_none() {
        return String::new();
    }
    // SAFETY: the value is an array, alive while we borrow it; the engine makes a new string that we own.
    let text = unsafe {
        let frames = (*trace.as_ptr()).value.arr;
        super::string::Str::from_raw(abi::zend_trace_to_string(frames, false))
    };
    text.map_or_else(String::new, |text| text.to_text().into_owned())
}

/// Prints through PHP's output layer.
pub fn print(text: impl AsRef<[u8]>) {
    let text = text.as_ref();
    // SAFETY: pointer and length describe the text.
    unsafe { sys::php_output_write(text.as_ptr().cast(), text.len()) };
}

/// How many bytes of its C stack a coroutine uses; None when there is no such coroutine.
pub fn stack_usage(cid: Cid) -> Option<i64> {
    let runner = scheduler().stack(cid)?;
    let here = &raw const runner as usize;
    let top = if scheduler().current() == Some(cid) { here } else { runner.parked_top() };
    Some(i64::try_from(runner.bottom().saturating_sub(top)).unwrap_or(0))
}

/// The size of a coroutine's C stack.
// The field is a signed number before 8.4.
#[allow(clippy::useless_conversion)]
pub fn stack_bytes() -> i64 {
    // SAFETY: a plain field of the globals.
    i64::try_from(unsafe { (*sys::eg()).fiber_stack_size }).unwrap_or(i64::MAX)
}

/// Unwinds what still waits, so that `finally` blocks and destructors run. Called when the last loop of a script or a
/// server is over.
pub fn unwind() {
    let world = world();
    if !is_ending_for_good(world) {
        let exiting = world.exiting.get();
        world.set_exiting(false);
        world.scheduler.restart();
        world.scheduler.shut_down();
        world.set_exiting(exiting || world.exiting.get());
    }
}

/// For the module's startup.
pub fn startup() {
    abi::watch_collector();
}

/// For the end of a request: unwinds what is left, and frees what belongs to the engine's memory.
pub fn end_request() {
    abi::collector_is_idle();
    let Some(world) = WORLD.get() else { return };
    if is_ending_for_good(world) {
        // The engine frees its memory wholesale; ours refers to it and must never be looked at again.
        WORLD.set(None);
        ENDING.store(false, Relaxed);
        return;
    }
    unwind();
    world.scheduler.engine().drain();
    world.set_exiting(false);
    world.registered.set(false);
    world.uncaught.set(end_script);
    spawn_here();
    world.scheduler.restart();
}

/// In a forked process: the parent's coroutines, timers and runtime are not ours.
pub fn after_fork() {
    let Some(parent) = WORLD.take() else { return };
    let world = make();
    world.loops.set(parent.loops.get());
    world.registered.set(parent.registered.get());
    world.uncaught.set(parent.uncaught.get());
    world.scheduler.set_limit(parent.scheduler.limit());
    ENDING.store(false, Relaxed);
}

/// In a child that a script forked itself: no loop is running below.
pub fn after_own_fork() {
    after_fork();
    world().loops.set(0);
}

/// Says where tasks are to run while a loop of the caller's own polls its runtime.
pub fn spawn_with(spawn: impl Fn(Task) + 'static) {
    world().spawner.replace(Some(Rc::new(spawn)));
}

/// Tasks run on our own runtime again.
pub fn spawn_here() {
    let spawner = world().spawner.take();
    drop(spawner);
}

/// Runs a task while only the current coroutine waits for it; `Err` tells why it did not come to its end. The caller
/// goes on with [`settle`].
pub fn await_task<T: 'static>(
    task: impl Future<Output = T> + 'static,
    deadline: Option<u64>,
) -> io::Result<std::result::Result<T, Wake>> {
    let world = world();
    let spawn = world.spawner()?;
    Ok(await_task_on(&world.scheduler, |task| spawn(task), task, deadline))
}

/// Runs a task beside everything else until it ends or its [`Job`] is dropped. The loop goes on as long as it runs.
pub fn start(task: impl Future<Output = ()> + 'static) -> io::Result<Job> {
    let world = world();
    let spawn = world.spawner()?;
    let hold = Some(world.scheduler.ready().hold());
    let job = start_task(|task| spawn(task), hold, task);
    world.run_at_end();
    Ok(job)
}

/// The same, for a task that no loop needs to wait for.
pub fn start_aside(task: impl Future<Output = ()> + 'static) -> io::Result<Job> {
    let spawn = world().spawner()?;
    Ok(start_task(|task| spawn(task), None, task))
}

/// One round of the loop, on the main stack.
pub fn run_once() -> Result {
    let world = world();
    let _inside = world.enter_loop();
    match world.driver() {
        Ok(driver) => driver.run_once(&world.scheduler),
        Err(error) => return Err(error::error(format_args!("no event loop: {error}"))),
    }
    settle()
}

/// What the PHP thread has of this.
pub struct World {
    scheduler: Scheduler<Fibers>,
    driver: Cell<Option<(u32, &'static Driver)>>,
    uncaught: Cell<fn()>,
    /// `exit()` was called in a coroutine: every stack is to be left.
    exiting: Cell<bool>,
    loops: Cell<usize>,
    /// The end of the script will run a loop.
    registered: Cell<bool>,
    /// Where tasks run, if not on our own runtime.
    spawner: RefCell<Option<Spawner>>,
}

type Spawner = Rc<dyn Fn(Task)>;

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("scheduler", &self.scheduler).finish()
    }
}

impl World {
    fn driver(&self) -> io::Result<&'static Driver> {
        let process = std::process::id();
        if let Some((owner, driver)) = self.driver.get()
            && owner == process
        {
            return Ok(driver);
        }
        let driver: &'static Driver = Box::leak(Box::new(Driver::new()?));
        self.driver.set(Some((process, driver)));
        Ok(driver)
    }

    /// Where tasks are to run now.
    fn spawner(&self) -> io::Result<Spawner> {
        if let Some(spawner) = self.spawner.borrow().clone() {
            return Ok(spawner);
        }
        let driver = self.driver()?;
        Ok(Rc::new(|task| drop(driver.spawn(task))))
    }

    fn enter_loop(&'static self) -> InLoop {
        self.loops.set(self.loops.get() + 1);
        InLoop(self)
    }

    #[inline]
    fn run_at_end(&self) {
        if self.loops.get() == 0 && !self.registered.get() && !self.scheduler.is_idle() {
            self.register();
        }
    }

    #[cold]
    fn register(&self) {
        self.registered.set(true);
        let register = Callback::new(&Value::from("register_shutdown_function"));
        let _ = register.and_then(|register| register.call(&[Value::from(END_FUNCTION)]));
    }

    /// Throws what makes this stack end, unless something is pending already.
    #[cold]
    fn leave(&self) -> Result {
        if sys::exception_pending() || self.scheduler.engine().has_bailed() {
            // The trampoline bails out when the handler's frames are gone.
            return Err(Thrown::pending());
        }
        if self.exiting.get() { Err(error::throw_exit()) } else { Ok(()) }
    }

    /// `exit()` was called in a coroutine, or that is over.
    fn set_exiting(&self, exiting: bool) {
        self.exiting.set(exiting);
        ENDING.store(exiting || self.scheduler.engine().has_bailed(), Relaxed);
    }
}

/// Called on a coroutine's stack when its body or a deferred function has ended.
#[inline]
pub(super) fn after_body() {
    if sys::exception_pending() {
        left_with_exception();
    }
}

#[cold]
fn left_with_exception() {
    let world = world();
    // SAFETY: an exception is pending, so the field is a live object.
    let graceful = unsafe { abi::zend_is_graceful_exit((*sys::eg()).exception) };
    if error::is_exit() {
        error::end_exit();
        world.set_exiting(true);
        world.scheduler.stop();
    } else if !graceful {
        (world.uncaught.get())();
    }
    drop(error::take());
}

/// Ends the script as `exit($status)` in the current coroutine would, when its stack has been left.
pub fn exit(status: i32) {
    // SAFETY: a plain field of the globals.
    unsafe { (*sys::eg()).exit_status = status };
    let world = world();
    world.set_exiting(true);
    world.scheduler.stop();
}

/// Called on the stack of a runner that a fatal error has just torn down.
#[cold]
pub(super) fn bailed() {
    let world = world();
    world.scheduler.engine().set_bailed();
    ENDING.store(true, Relaxed);
    world.scheduler.stop();
}

/// Goes on with a fatal error that ended a coroutine, on the next stack.
///
/// # Safety
/// No Rust frame between here and the engine's setjmp may own anything: this jumps over them.
pub(super) unsafe fn raise_bailout() {
    if let Some(world) = WORLD.get()
        && world.scheduler.engine().has_bailed()
    {
        // SAFETY: the caller's promise; every stack has a setjmp of its own at its bottom.
        unsafe { sys::ext_php_rs_zend_bailout() };
    }
}

/// What a script does with an exception nobody caught: its own handler, or the error PHP ends with.
pub fn end_script() {
    // SAFETY: an exception is pending, and the engine takes the reference that `take` gives us.
    unsafe {
        if sys::type_of(&raw const (*sys::eg()).user_exception_handler) != sys::IS_UNDEF {
            abi::zend_user_exception_handler();
        }
        if let Some(exception) = error::take() {
            sys::zend_exception_error(exception.into_ptr(), sys::E_ERROR.cast_signed());
        }
    }
    exit(UNCAUGHT_STATUS);
}

/// Whether a fatal error has ended a coroutine or the script: then no loop may run PHP any more.
#[inline]
pub(super) fn is_over() -> bool {
    is_ending_for_good(world())
}

fn is_ending_for_good(world: &World) -> bool {
    // SAFETY: a plain field of the compiler's globals.
    let unclean = unsafe { (*sys::ext_php_rs_compiler_globals()).unclean_shutdown };
    unclean || world.scheduler.engine().has_bailed()
}

#[inline]
fn world() -> &'static World {
    match WORLD.get() {
        Some(world) => world,
        None => make(),
    }
}

#[cold]
fn make() -> &'static World {
    let world: &'static World = Box::leak(Box::new(World {
        scheduler: Scheduler::new(Fibers::default()),
        driver: Cell::new(None),
        uncaught: Cell::new(end_script),
        exiting: Cell::new(false),
        loops: Cell::new(0),
        registered: Cell::new(false),
        spawner: RefCell::new(None),
    }));
    WORLD.set(Some(world));
    world
}

thread_local! {
    /// Leaked on purpose: what it holds must never be dropped after the engine is gone, as thread-locals would be.
    static WORLD: Cell<Option<&'static World>> = const { Cell::new(None) };
}

/// Whether [`settle`] has to look closer: one load where nearly always nothing is to be done.
static ENDING: AtomicBool = AtomicBool::new(false);

/// What PHP exits with after an exception nobody caught.
const UNCAUGHT_STATUS: i32 = 255;

/// The function that PHP calls at the end of a script; see `php/event.rs`.
const END_FUNCTION: &str = "swoole_event_rshutdown";
