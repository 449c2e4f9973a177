//! The engine's fiber machinery in C terms: the six functions ext-php-rs does not bind, the two structs they share with
//! us, and the engine fields that a switch must save because `zend_fiber_switch_context` does not.
//!
//! That function itself saves the VM stack, the running frame, error_reporting, the JIT's trace, the bailout target,
//! the active Fiber and (8.3 and later) the stack limit.

use std::cell::Cell;
use std::ffi::c_void;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ptr::{NonNull, null_mut, read, write};

use super::sys;

/// `zend_fiber_context`, opaque: its fields differ between versions, its size never came near this.
#[repr(C, align(16))]
pub struct Context([*mut c_void; 32]);

impl Context {
    pub const fn new() -> Self {
        Self([null_mut(); 32])
    }
}

/// `zend_fiber_transfer`.
#[repr(C)]
pub struct Transfer {
    context: *mut Context,
    value: ManuallyDrop<sys::zval>,
    flags: u8,
}

unsafe extern "C" {
    // Returns bool in 8.1 and 8.2 and zend_result (0 is good) later: the handle tells instead.
    fn zend_fiber_init_context(
        context: *mut Context,
        kind: *mut c_void,
        entry: unsafe extern "C" fn(*mut Transfer),
        stack_size: usize,
    ) -> i32;
    pub fn zend_fiber_destroy_context(context: *mut Context);
    fn zend_fiber_switch_context(transfer: *mut Transfer);
    fn zend_fiber_switch_blocked() -> bool;
    fn zend_fiber_switch_block();
    fn zend_stack_destroy(stack: *mut sys::zend_stack);
    fn zend_fiber_switch_unblock();
    pub fn zend_throw_graceful_exit();
    pub fn zend_is_graceful_exit(exception: *const sys::zend_object) -> bool;
    pub fn zend_user_exception_handler();
    pub fn zend_trace_to_string(trace: *const sys::HashTable, include_main: bool) -> *mut sys::zend_string;
    pub fn zend_fetch_debug_backtrace(value: *mut sys::zval, skip_last: i32, options: i32, limit: i32);
    static mut gc_collect_cycles: Option<Collector>;
    #[cfg(php83)]
    fn zend_fiber_stack_limit(stack: *mut c_void) -> *mut c_void;
    #[cfg(php83)]
    fn zend_fiber_stack_base(stack: *mut c_void) -> *mut c_void;
}

/// Gives a context a stack. False when the system has none to give.
///
/// # Safety
/// `context` is fresh and stays where it is until it is destroyed; `entry` ends with [`end_stack`].
pub unsafe fn init(context: *mut Context, entry: unsafe extern "C" fn(*mut Transfer)) -> bool {
    // SAFETY: the caller's promise; the kind is only compared by the engine and by observers.
    unsafe {
        let size = usize::try_from((*sys::eg()).fiber_stack_size).unwrap_or(STACK_BYTES);
        zend_fiber_init_context(
            context,
            (&raw const KIND).cast_mut().cast(),
            entry,
            size.max(STACK_BYTES_MIN),
        );
        // On failure the engine has thrown; whoever asked reports it in their own way.
        let made = !(*context).0[0].is_null();
        if !made && sys::exception_pending() {
            sys::zend_clear_exception();
        }
        made
    }
}

/// Goes to another context and comes back when somebody goes to this one.
///
/// # Safety
/// `to` waits in a switch or was never entered, and everything it may use is alive.
#[inline(always)]
pub unsafe fn switch(to: *mut Context) {
    let mut transfer = Transfer { context: to, value: sys::zval_of(sys::IS_NULL), flags: 0 };
    // SAFETY: the caller's promise.
    unsafe { zend_fiber_switch_context(&raw mut transfer) };
}

/// The running context.
#[inline(always)]
pub fn current() -> *mut Context {
    // SAFETY: a plain field of the globals.
    unsafe { (*sys::eg()).current_fiber_context.cast() }
}

/// What PHP is executing.
#[inline(always)]
pub fn frame() -> *mut sys::zend_execute_data {
    // SAFETY: a plain field of the globals.
    unsafe { (*sys::eg()).current_execute_data }
}

/// Puts back what a fatal error has taken away: the frame of whoever has caught it.
pub fn set_frame(frame: *mut sys::zend_execute_data) {
    // SAFETY: a plain field of the globals; the caller's own frame is alive.
    unsafe { (*sys::eg()).current_execute_data = frame }
}

pub fn set_error_reporting(level: i32) {
    // SAFETY: a plain field of the globals.
    unsafe { (*sys::eg()).error_reporting = level }
}

/// The error reporting a new coroutine begins with: its maker's, unless that is silenced by `@` just now.
#[inline]
pub fn inherited_error_reporting() -> i32 {
    // SAFETY: a plain field of the globals.
    let level = unsafe { (*sys::eg()).error_reporting };
    if level & !SILENCED != 0 || level == 0 {
        return level;
    }
    const NAME: &std::ffi::CStr = c"error_reporting";
    // SAFETY: the engine always has this setting.
    let configured = unsafe { sys::zend_ini_long(NAME.as_ptr(), NAME.count_bytes(), 0) };
    // Nothing was reported before the `@` if it is set to 0, and then `level` would be 0: it is not set at all.
    if configured == 0 { sys::E_ALL.cast_signed() } else { i32::try_from(configured).unwrap_or(level) }
}

/// The first page of a stack's VM stack. It comes from the system's allocator, not from PHP's: its unused part costs
/// nothing, and ten thousand waiting coroutines do not use up `memory_limit`.
pub struct Page(NonNull<sys::_zend_vm_stack>);

impl Page {
    fn new() -> Option<Self> {
        // SAFETY: the layout is not of zero size.
        NonNull::new(unsafe { std::alloc::alloc(PAGE_LAYOUT) }.cast()).map(Self)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: allocated above with the same layout.
        unsafe { std::alloc::dealloc(self.0.as_ptr().cast(), PAGE_LAYOUT) };
    }
}

/// Prepares the engine's globals at the bottom of a new stack: a VM stack and a root frame to call from. None when
/// there is no memory.
///
/// # Safety
/// Runs first of all on the stack of `context`, which is the running one. The page must outlive what runs there.
pub unsafe fn begin_stack(context: *mut Context) -> Option<Page> {
    let _ = context;
    let first = Page::new()?;
    // SAFETY: header and root frame fit into the page by far. The engine's own fibers are laid out the same way.
    unsafe {
        let eg = sys::eg();
        let page = first.0.as_ptr();
        let header = size_of::<sys::_zend_vm_stack>().div_ceil(size_of::<sys::zval>());
        let base = page.cast::<sys::zval>().add(header);
        (*page).top = base.add(sys::FRAME_SLOTS);
        (*page).end = page.cast::<sys::zval>().byte_add(PAGE_BYTES);
        (*page).prev = null_mut();
        (*eg).vm_stack = page;
        (*eg).vm_stack_top = (*page).top;
        (*eg).vm_stack_end = (*page).end;
        (*eg).vm_stack_page_size = PAGE_BYTES;
        let root = base.cast::<sys::zend_execute_data>();
        root.write_bytes(0, 1);
        (*root).func = (&raw const ROOT.0).cast_mut().cast();
        (*eg).current_execute_data = root;
        (*eg).jit_trace_num = 0;
        (*eg).active_fiber = null_mut();
        // A fatal error must never jump to a setjmp on another C stack.
        (*eg).bailout = null_mut();
        #[cfg(php83)]
        {
            let stack = (*context).0[STACK_WORD];
            (*eg).stack_base = zend_fiber_stack_base(stack);
            (*eg).stack_limit = zend_fiber_stack_limit(stack);
        }
    }
    Some(first)
}

/// Frees the VM stack and names who runs next; the entry function returns right after.
///
/// # Safety
/// The stack is the one [`begin_stack`] prepared, nothing runs on it, and `back` waits in a switch.
pub unsafe fn end_stack(first: Option<Page>, transfer: *mut Transfer, back: *mut Context) {
    // SAFETY: the caller's promise. Pages after the first are the engine's; on a fatal error it frees them wholesale.
    unsafe {
        let eg = sys::eg();
        (*eg).current_execute_data = null_mut();
        if let Some(first) = first {
            while !(*eg).vm_stack.is_null() && (*eg).vm_stack != first.0.as_ptr() {
                let page = (*eg).vm_stack;
                (*eg).vm_stack = (*page).prev;
                sys::efree(page.cast());
            }
        }
        (*eg).vm_stack = null_mut();
        (*transfer).context = back;
        (*transfer).value = sys::zval_of(sys::IS_NULL);
        (*transfer).flags = 0;
    }
}

/// Whether this stack may be left just now.
///
/// Before 8.4 the engine forbids it in every destructor, because it forbids it to its own Fibers there. Ours come back
/// whatever happens, so only what surrounds a destructor is respected: the garbage collector above all.
#[inline]
pub fn may_switch() -> bool {
    // SAFETY: reads a counter of the engine.
    let blocked = unsafe { zend_fiber_switch_blocked() };
    !blocked || only_destructors_block()
}

#[cold]
fn only_destructors_block() -> bool {
    if COLLECTING.get() {
        return false;
    }
    let blocks = lift_blocks();
    restore_blocks(blocks);
    let mut destructors = 0;
    // SAFETY: the frames of the running stack are linked down to its root, and each is alive.
    unsafe {
        let mut frame = frame();
        while !frame.is_null() {
            let function = (*frame).func;
            if !function.is_null() {
                let scope = (*function).common.scope;
                if !scope.is_null() && (*scope).destructor == function {
                    destructors += 1;
                }
            }
            frame = (*frame).prev_execute_data;
        }
    }
    blocks == destructors
}

/// Puts a watch around the garbage collector, so that [`may_switch`] can tell its destructors from others. At startup.
pub fn watch_collector() {
    unsafe extern "C" fn watched() -> i32 {
        let outer = COLLECTING.replace(true);
        // SAFETY: the engine's own collector, which was there before.
        let collected = COLLECTOR.get().map_or(0, |collect| unsafe { collect() });
        COLLECTING.set(outer);
        collected
    }
    // SAFETY: startup runs on the PHP thread before anything is collected; the pointer is made to be replaced.
    unsafe {
        COLLECTOR.set(gc_collect_cycles);
        gc_collect_cycles = Some(watched);
    }
}

/// A fatal error may have jumped out of the collector.
pub fn collector_is_idle() {
    COLLECTING.set(false);
}

type Collector = unsafe extern "C" fn() -> i32;

thread_local! {
    static COLLECTING: Cell<bool> = const { Cell::new(false) };
    static COLLECTOR: Cell<Option<Collector>> = const { Cell::new(None) };
}

/// Takes the blocks of this stack off the engine's counter, which is one for all stacks.
fn lift_blocks() -> u32 {
    let mut blocks = 0;
    // SAFETY: as many are put back as are taken.
    unsafe {
        while zend_fiber_switch_blocked() {
            zend_fiber_switch_unblock();
            blocks += 1;
        }
    }
    blocks
}

fn restore_blocks(blocks: u32) {
    for _ in 0..blocks {
        // SAFETY: puts back what `lift_blocks` took.
        unsafe { zend_fiber_switch_block() };
    }
}

/// Flushes and ends the output buffers that a body left open.
pub fn end_output() {
    // SAFETY: reads a field of the output globals; ending may run user code, which the caller expects.
    unsafe {
        let output = &raw const sys::output_globals;
        if (*output).handlers.top > 0 {
            sys::php_output_end_all();
        }
    }
}

/// What a switch must put aside, because the engine's does not: output buffers and pending error states belong to one
/// stack. Made before a switch by [`SwitchState::leave`], given back after it by [`SwitchState::enter`]; the other side
/// finds clean fields.
pub struct SwitchState {
    output: Option<Box<MaybeUninit<sys::_zend_output_globals>>>,
    error_handling: u32,
    exception_class: *mut sys::zend_class_entry,
    exception: *mut sys::zend_object,
    previous: *mut sys::zend_object,
    opline: *const sys::zend_op,
    blocks: u32,
}

impl SwitchState {
    #[inline(always)]
    pub fn leave() -> Self {
        // SAFETY: the fields are plain data that only this thread uses; pointers move to us and back.
        unsafe {
            let eg = sys::eg();
            let output = &raw mut sys::output_globals;
            let output = if (*output).handlers.top == 0 { None } else { Some(put_aside(output)) };
            let state = Self {
                output,
                error_handling: (*eg).error_handling,
                exception_class: (*eg).exception_class,
                exception: (*eg).exception,
                previous: (*eg).prev_exception,
                opline: (*eg).opline_before_exception,
                blocks: lift_blocks(),
            };
            (*eg).error_handling = 0;
            (*eg).exception_class = null_mut();
            (*eg).exception = null_mut();
            (*eg).prev_exception = null_mut();
            state
        }
    }

    #[inline(always)]
    pub fn enter(self) {
        // SAFETY: as above; whoever ran meanwhile left the fields clean.
        unsafe {
            let eg = sys::eg();
            (*eg).error_handling = self.error_handling;
            (*eg).exception_class = self.exception_class;
            (*eg).exception = self.exception;
            (*eg).prev_exception = self.previous;
            (*eg).opline_before_exception = self.opline;
            restore_blocks(self.blocks);
            if let Some(output) = self.output {
                // Whoever ran meanwhile has no buffer open, but may have left the engine's empty list of them.
                let current = &raw mut sys::output_globals;
                zend_stack_destroy(&raw mut (*current).handlers);
                write(current, output.assume_init_read());
            }
        }
    }
}

/// # Safety
/// `output` points to the engine's output globals.
#[cold]
unsafe fn put_aside(output: *mut sys::_zend_output_globals) -> Box<MaybeUninit<sys::_zend_output_globals>> {
    // SAFETY: the struct is moved out bit by bit and a fresh one takes its place; the flags say how PHP was started
    // and whether anything was sent, which stays true.
    unsafe {
        let saved = Box::new(MaybeUninit::new(read(output)));
        let flags = (*output).flags;
        sys::php_output_activate();
        (*output).flags |= flags & !OUTPUT_LOCKED;
        saved
    }
}

/// A function of no name that the root frame seems to run: the engine asks its kind before it rethrows.
struct Root(ManuallyDrop<sys::zend_internal_function>);

// SAFETY: nobody writes to it; the engine reads its type only.
unsafe impl Sync for Root {}

static ROOT: Root = {
    // SAFETY: null pointers and zeros are valid for the C struct.
    let mut function: sys::zend_internal_function = unsafe { MaybeUninit::zeroed().assume_init() };
    function.type_ = sys::ZEND_INTERNAL_FUNCTION as u8;
    Root(ManuallyDrop::new(function))
};

/// Its address tells our contexts from others'.
static KIND: u8 = 0;

/// `E_FATAL_ERRORS`: all that `@` leaves on.
const SILENCED: i32 = 4437;
/// `PHP_OUTPUT_LOCKED`: an output handler is running; that belongs to the stack it runs on.
const OUTPUT_LOCKED: i32 = 0x20;
/// `ZEND_FIBER_VM_STACK_SIZE`: a page of the engine's own fibers.
const PAGE_BYTES: usize = 1024 * size_of::<sys::zval>();
const PAGE_LAYOUT: std::alloc::Layout = match std::alloc::Layout::from_size_align(PAGE_BYTES, 16) {
    Ok(layout) => layout,
    Err(_) => unreachable!(),
};
/// `ZEND_FIBER_DEFAULT_C_STACK_SIZE`, should the setting be out of range; untouched pages cost nothing.
const STACK_BYTES: usize = 2 << 20;
/// Less than this overflows in the first nested sort.
const STACK_BYTES_MIN: usize = 128 << 10;
/// Where `zend_fiber_context` has its `stack`.
#[cfg(php83)]
const STACK_WORD: usize = 4;
