//! What the state of an object shows the cycle collector: the values that are stored in it, each as often as it is
//! counted.
//!
//! While the collector looks, it has taken the count of everything it looks at down. A value with a count of its own, made
//! to be shown and dropped again, would be freed then, whoever else holds it; and one that is shown twice but counted
//! once, too. So [`Gc::add`] takes only what lives as long as the state is looked at (a temporary does not compile),
//! and what shares a count with others is not [`Trace`].

use std::cell::RefCell;
use std::collections::VecDeque;
use std::marker::PhantomData;

use super::call::Callback;
use super::object::Object;
use super::sys;
use super::value::Value;

/// Collects what a state holds. `'held` is the loan of the state, neither longer nor shorter.
#[derive(Debug)]
pub struct Gc<'held> {
    buffer: *mut sys::GcBufferRaw,
    held: PhantomData<fn(&'held ()) -> &'held ()>,
}

/// What holds PHP values, each with a count of its own.
///
/// Not for `Rc`: two objects that share one would both show what is counted once.
pub trait Trace {
    /// Adds every held value.
    fn trace<'held>(&'held self, gc: &mut Gc<'held>);
}

impl<'held> Gc<'held> {
    /// Adds what a part of the state holds.
    pub fn add(&mut self, part: &'held impl Trace) {
        part.trace(self);
    }

    /// # Safety
    /// The buffer is the engine's own, between its creation and the end of `get_gc`.
    pub(super) unsafe fn into_buffer(buffer: *mut sys::GcBufferRaw) -> Self {
        Self { buffer, held: PhantomData }
    }

    /// Adds a value by its place.
    ///
    /// # Safety
    /// `zv` points to an initialised zval that outlives the collection.
    pub(super) unsafe fn add_slot(&mut self, zv: *const sys::zval) {
        // SAFETY: the buffer belongs to the engine and grows before it is full; the value is copied without its count.
        unsafe {
            if !sys::is_counted(zv) {
                return;
            }
            let buffer = self.buffer;
            if (*buffer).cur == (*buffer).end {
                sys::zend_get_gc_buffer_grow(buffer);
            }
            (*buffer).cur.cast::<std::mem::ManuallyDrop<sys::zval>>().write(std::ptr::read(zv.cast()));
            (*buffer).cur = (*buffer).cur.add(1);
        }
    }
}

impl Trace for Value {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        // SAFETY: a `Value` is an initialised zval, held as long as the state is.
        unsafe { gc.add_slot(self.as_ptr()) };
    }
}

impl Trace for Object {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        let mut slot = sys::zval_of(sys::IS_OBJECT_EX);
        slot.value.obj = self.as_ptr();
        // SAFETY: the zval is initialised and names the object without counting it.
        unsafe { gc.add_slot(&raw const *slot) };
    }
}

impl Trace for Callback {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        self.value().trace(gc);
    }
}

impl<T: Trace> Trace for Option<T> {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        self.iter().for_each(|part| part.trace(gc));
    }
}

impl<T: Trace> Trace for [T] {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        self.iter().for_each(|part| part.trace(gc));
    }
}

impl<T: Trace, const N: usize> Trace for [T; N] {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        self.as_slice().trace(gc);
    }
}

impl<T: Trace> Trace for Vec<T> {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        self.as_slice().trace(gc);
    }
}

impl<T: Trace> Trace for VecDeque<T> {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        self.iter().for_each(|part| part.trace(gc));
    }
}

impl<T: Trace> Trace for RefCell<T> {
    /// Nothing where somebody is changing it: a collection may start at any allocation, and what the collector does not
    /// see, it keeps.
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        if let Ok(part) = self.try_borrow() {
            part.trace(&mut Gc { buffer: gc.buffer, held: PhantomData });
        }
    }
}
