//! Coroutine stacks on the engine's own fiber machinery: [`Fibers`] is the [`Resume`] of the scheduler.
//!
//! A stack is a pooled *runner*: a `zend_fiber_context` with a VM stack of its own whose entry function runs one body
//! after the other. Making a context costs three system calls, running a body on a pooled one costs two switches.
//! User Fibers, generators, exceptions, the garbage collector and the JIT see contexts as they know them.
//!
//! Called by the scheduler only; `world.rs` has the surface for everybody else.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::rc::Rc;

use ext_php_rs::zend::try_catch;

use super::call::Callback;
use super::error;
use super::fiber_abi::{self as abi, Context, SwitchState};
use super::forked::end_forked_child;
use super::object::Object;
use super::sys;
use super::world;
use crate::coroutine::{Cid, Resume, SpawnError, Turn, Wake};

/// The stacks of a thread.
#[derive(Debug, Default)]
pub struct Fibers {
    idle: RefCell<Vec<Rc<Runner>>>,
    /// A fatal error has ended a coroutine: nothing may run any more, the engine is to bail out.
    bailed: Cell<bool>,
}

/// One stack, and what belongs to the coroutine on it.
#[repr(C)]
pub struct Runner {
    /// First, so that the entry function finds its runner by the address of the running context.
    context: UnsafeCell<Context>,
    /// Whoever entered last: where a park or the end of the body goes.
    back: Cell<*mut Context>,
    /// The context that parked: this one, or that of a user's Fiber inside the coroutine.
    parked_at: Cell<*mut Context>,
    /// What PHP was executing when it parked, for backtraces.
    frame: Cell<*mut sys::zend_execute_data>,
    /// What PHP was executing when it entered this runner, for backtraces of whoever that was.
    entered_from: Cell<*mut sys::zend_execute_data>,
    body: Cell<Option<Body>>,
    phase: Cell<Phase>,
    error_reporting: Cell<i32>,
    cid: Cell<i64>,
    /// Addresses on the C stack: where it begins, and where it was when it parked.
    bottom: Cell<usize>,
    top: Cell<usize>,
    defers: RefCell<Vec<Callback>>,
    locals: RefCell<Option<Object>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// A body is on the stack.
    Busy,
    /// The body has ended; the runner waits for the next.
    Idle,
    /// The entry function is to return when next entered.
    Quit,
    /// The entry function has returned, or a fatal error has torn the stack down: never to be entered again.
    Dead,
}

/// A borrowed closure on the stack of whoever starts the body; the runner moves it to its own first of all.
#[derive(Clone, Copy)]
struct Body {
    call: unsafe fn(*mut c_void),
    closure: *mut c_void,
}

impl Fibers {
    /// Whether a fatal error has ended a coroutine.
    pub fn has_bailed(&self) -> bool {
        self.bailed.get()
    }

    /// Ends the idle stacks and gives their memory back. For the end of a request.
    pub(super) fn drain(&self) {
        while let Some(runner) = { self.idle.borrow_mut().pop() } {
            self.end(&runner);
        }
    }

    /// How many stacks wait for a body.
    pub fn idle(&self) -> usize {
        self.idle.borrow().len()
    }

    fn end(&self, runner: &Rc<Runner>) {
        runner.phase.set(Phase::Quit);
        self.enter(runner, runner.context.get());
    }

    fn enter(&self, runner: &Runner, at: *mut Context) -> Turn {
        let state = SwitchState::leave();
        runner.back.set(abi::current());
        runner.entered_from.set(abi::frame());
        // SAFETY: `at` is the runner's own idle context or the one that parked it; both wait in a switch.
        unsafe { abi::switch(at) };
        state.enter();
        match runner.phase.get() {
            Phase::Busy => Turn::Parked,
            _ => Turn::Ended,
        }
    }
}

impl Resume for Fibers {
    type Stack = Rc<Runner>;
    type Alarm = Rc<dyn Fn(i64)>;

    #[inline]
    fn acquire(&self) -> Result<Rc<Runner>, SpawnError> {
        if self.bailed.get() {
            return Err(SpawnError::Blocked);
        }
        match self.idle.borrow_mut().pop() {
            Some(runner) => Ok(runner),
            None => Runner::new().ok_or(SpawnError::NoStack),
        }
    }

    #[inline]
    fn start<F: FnOnce()>(&self, runner: &Rc<Runner>, cid: Cid, body: F) -> Turn {
        /// # Safety
        /// `closure` is a live `F` that nobody else will move or drop.
        unsafe fn call<F: FnOnce()>(closure: *mut c_void) {
            // SAFETY: the caller's promise.
            let body = unsafe { closure.cast::<F>().read() };
            body();
        }
        let mut body = ManuallyDrop::new(body);
        runner.body.set(Some(Body { call: call::<F>, closure: (&raw mut body).cast() }));
        runner.cid.set(cid.0);
        runner.phase.set(Phase::Busy);
        runner.error_reporting.set(abi::inherited_error_reporting());
        self.enter(runner, runner.context.get())
    }

    #[inline]
    fn resume(&self, runner: &Rc<Runner>) -> Turn {
        self.enter(runner, runner.parked_at.get())
    }

    /// Keeps a stack whose body has ended for the next one, up to a limit: a burst's memory must not stay.
    #[inline]
    fn release(&self, runner: Rc<Runner>) {
        if runner.phase.get() != Phase::Idle {
            return;
        }
        let mut idle = self.idle.borrow_mut();
        if idle.len() < IDLE_MAX {
            idle.push(runner);
            return;
        }
        drop(idle);
        self.end(&runner);
    }

    #[inline]
    fn park(&self, runner: &Rc<Runner>) {
        let state = SwitchState::leave();
        runner.parked_at.set(abi::current());
        runner.frame.set(abi::frame());
        runner.top.set(&raw const state as usize);
        // SAFETY: whoever entered waits in a switch until this runner parks or ends.
        unsafe { abi::switch(runner.back.get()) };
        runner.frame.set(null_mut());
        state.enter();
    }

    #[inline]
    fn may_switch(&self) -> bool {
        !self.bailed.get() && abi::may_switch()
    }

    fn woken(&self, wake: Wake) {
        if wake == Wake::Shutdown && !sys::exception_pending() {
            // SAFETY: PHP code is running on this stack; the exception unwinds it through its `finally` blocks.
            unsafe { abi::zend_throw_graceful_exit() };
        }
    }

    fn ring(&self, alarm: Rc<dyn Fn(i64)>, id: i64) {
        from_loop(|| alarm(id));
        // Outside a coroutine nobody else would look at what the callback left behind.
        world::after_body();
    }
}

impl Runner {
    fn new() -> Option<Rc<Self>> {
        let runner = Rc::new(Self {
            context: UnsafeCell::new(Context::new()),
            back: Cell::new(null_mut()),
            parked_at: Cell::new(null_mut()),
            frame: Cell::new(null_mut()),
            entered_from: Cell::new(null_mut()),
            body: Cell::new(None),
            phase: Cell::new(Phase::Dead),
            error_reporting: Cell::new(0),
            cid: Cell::new(0),
            bottom: Cell::new(0),
            top: Cell::new(0),
            defers: RefCell::default(),
            locals: RefCell::default(),
        });
        // SAFETY: the context is zeroed memory of sufficient size at an address that stays while the Rc lives.
        let made = unsafe { abi::init(runner.context.get(), run) };
        made.then(|| {
            runner.phase.set(Phase::Idle);
            runner
        })
    }

    /// Calls this when the coroutine ends, the last one first.
    pub(super) fn defer(&self, callback: Callback) {
        self.defers.borrow_mut().push(callback);
    }

    /// The coroutine's context object, made on first use.
    pub(super) fn locals(&self, make: impl FnOnce() -> error::Result<Object>) -> error::Result<Object> {
        if let Some(locals) = &*self.locals.borrow() {
            return Ok(locals.clone());
        }
        let locals = make()?;
        *self.locals.borrow_mut() = Some(locals.clone());
        Ok(locals)
    }

    /// Where PHP stands in this coroutine while it is parked; null while it runs.
    pub(super) fn frame(&self) -> *mut sys::zend_execute_data {
        self.frame.get()
    }

    /// Where the C stack begins.
    pub(super) fn bottom(&self) -> usize {
        self.bottom.get()
    }

    /// Where the C stack ended when it last parked.
    pub(super) fn parked_top(&self) -> usize {
        self.top.get()
    }

    /// Whether this runner was entered from `other`'s stack and has not gone back to it; then where PHP stands there.
    pub(super) fn entered_from(&self, other: &Runner) -> Option<*mut sys::zend_execute_data> {
        let entered = self.phase.get() == Phase::Busy && self.frame.get().is_null();
        (entered && self.back.get() == other.context.get()).then(|| self.entered_from.get())
    }

    /// Runs the body and what was deferred, on the runner's own stack, and lets go of everything it held.
    fn work(&self) {
        let Some(body) = self.body.take() else { return };
        // SAFETY: `start` put the closure there and waits in its switch, so the closure lives; it is read once.
        guard(|| unsafe { (body.call)(body.closure) });
        end_forked_child();
        world::after_body();
        while let Some(callback) = { self.defers.borrow_mut().pop() } {
            guard(|| drop(callback.call(&[])));
            end_forked_child();
            world::after_body();
        }
        // A destructor of something in the context may defer or throw in its turn.
        if let Some(locals) = { self.locals.borrow_mut().take() } {
            drop(locals);
            world::after_body();
        }
        abi::end_output();
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // A runner that still has a body lives on in nobody's hands: after a fatal error the engine drops all at once.
        if self.phase.get() == Phase::Idle {
            // SAFETY: nothing runs on the stack and nobody can enter it again.
            unsafe { abi::zend_fiber_destroy_context(self.context.get()) };
        }
    }
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner").field("cid", &self.cid.get()).field("phase", &self.phase.get()).finish()
    }
}

/// Runs what calls PHP from a loop. None when that met a fatal error, or no PHP may run any more.
///
/// In a coroutine the runner's setjmp is near. On the main stack the next one is the engine's own, beyond the loop and all
/// that it owns: so there is one here.
pub fn from_loop<R>(run: impl FnOnce() -> R) -> Option<R> {
    if !world::is_outside() {
        return Some(run());
    }
    if world::is_over() {
        return None;
    }
    let frame = abi::frame();
    let outcome = try_catch(AssertUnwindSafe(run));
    end_forked_child();
    if outcome.is_err() {
        abi::set_frame(frame);
        world::bailed();
    }
    outcome.ok()
}

/// A panic in a body must not take the runner down: it becomes an `Error` that nobody caught.
fn guard(body: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(body)) {
        super::function::panicked(panic);
    }
}

/// The entry function: what runs on the new stack.
unsafe extern "C" fn run(transfer: *mut abi::Transfer) {
    // SAFETY: the engine has made the runner's context the running one, and the context is the runner's first field;
    // whoever entered keeps the runner alive until it goes back for good.
    let runner = unsafe { &*abi::current().cast::<Runner>().cast_const() };
    runner.bottom.set(&raw const transfer as usize);
    // SAFETY: this is the bottom of a fresh stack.
    let page = unsafe { abi::begin_stack(runner.context.get()) };
    // The engine's setjmp is armed once per runner. A fatal error lands here and jumps over frames that own nothing
    // but what the engine frees wholesale.
    let outcome = try_catch(AssertUnwindSafe(|| {
        loop {
            if page.is_none() || runner.phase.get() == Phase::Quit {
                return;
            }
            abi::set_error_reporting(runner.error_reporting.get());
            runner.work();
            runner.phase.set(Phase::Idle);
            // SAFETY: whoever entered waits in a switch.
            unsafe { abi::switch(runner.back.get()) };
        }
    }));
    if outcome.is_err() {
        end_forked_child();
        world::bailed();
    }
    runner.phase.set(Phase::Dead);
    // SAFETY: the VM stack is the one made above, and nothing of PHP runs on it any more. The engine switches to the
    // context named in the transfer and frees this stack.
    unsafe { abi::end_stack(page, transfer, runner.back.get()) };
}

impl Fibers {
    /// See [`Fibers::has_bailed`].
    pub(super) fn set_bailed(&self) {
        self.bailed.set(true);
    }
}

/// Idle stacks to keep. A worker that serves hundreds of callbacks at a time finds them warm; each keeps about 10 KB.
const IDLE_MAX: usize = 512;

const _: () = assert!(std::mem::offset_of!(Runner, context) == 0);
