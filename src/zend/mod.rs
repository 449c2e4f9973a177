//! The safe surface over Zend: the only folder that may say `unsafe` about PHP.
//!
//! | file | what |
//! |---|---|
//! | [`class`] | [`Class`], [`ClassEntry`], the builder |
//! | [`native`], [`gc`] | Rust state inside objects, its life; what the cycle collector sees of it |
//! | [`function`] | handlers, the trampoline, global functions |
//! | [`args`] | [`Call`]: arguments, checked and converted as PHP does |
//! | [`value`], [`string`], [`array`], [`object`] | owned PHP values |
//! | [`call`] | [`Callback`]: calling PHP |
//! | [`error`] | exceptions, warnings, fatal errors |
//! | [`world`], [`fiber`] | coroutines: the scheduler of the PHP thread, its stacks |
//! | [`forked`] | children that a callback forks by itself |
//! | [`foreach`] | walking over our objects |
//! | [`descriptor`] | the file descriptor behind a stream |
//! | [`exit`], [`hook`] | `exit()` and functions of PHP itself, in coroutines |
//! | [`store`] | all objects and resources there are |
//! | [`input`] | request variables and uploaded files, as PHP keeps them |
//! | [`library`] | classes written in PHP |
//! | [`ini`], [`constant`], [`module`] | settings, constants, the module entry |
//!
//! # How to write a class
//!
//! ```ignore
//! pub static CHANNEL: Class<Channel> = Class::native("Swoole\\Coroutine\\Channel");
//! static CAPACITY: Slot = Slot::new();
//!
//! pub struct Channel { queue: RefCell<VecDeque<Value>>, capacity: Cell<usize> }
//!
//! impl Native for Channel {
//!     fn class() -> &'static Class<Self> { &CHANNEL }
//!     fn create() -> Self { ... }                                   // without parent::__construct() too
//!     fn trace<'held>(&'held self, gc: &mut Gc<'held>) { gc.add(&self.queue) }
//! }
//!
//! pub fn register() {
//!     CHANNEL.define()
//!         .slot(&CAPACITY, "public int $capacity = 0")
//!         .method("__construct(int $size = 1)", construct)
//!         .method("push(mixed $data, float $timeout = -1): bool", push)
//!         .register();
//! }
//!
//! fn construct(channel: &Channel, call: &mut Call<'_>) -> Result {
//!     let size: i64 = call.arg_or(1)?;          // count, type, coercion and TypeError are done
//!     if size < 1 { return Err(error::throw(&EXCEPTION, "size must be positive", 0)); }
//!     call.this().set(&CAPACITY, size);
//!     Ok(())
//! }
//! ```
//!
//! * A signature is written as in the stub; defaults are for Reflection and named arguments, the handler repeats them.
//! * `call.arg()`, `arg_or(default)`, `opt()`, `rest()` take arguments in order. Types: `i64 f64 bool`, `&Str`, `&[u8]`,
//!   `&Array`, `&Object`, `Instance<T>`, `&Value` or `Value` (mixed), `Callback`, `ByRef`, `Option<T>` for nullable.
//!   A union of your own: implement [`FromArg`] with `arg.peek()`, `arg.value()` and `arg.wrong_type("of type ...")`.
//! * The declared return type must be true for every value returned: opcache compiles callers on the strength of it.
//! * A handler returns `Result<R>`; `R` is anything [`IntoValue`]. `T|false` is `Value::or_false(option)`.
//! * A handler without state (static methods, plain classes) drops the first parameter.
//! * State is shared (`&T`): use `Cell` and `RefCell`, and let no borrow live across a call into PHP or a suspend.
//!   Clone a [`Callback`] out of its cell before calling it.
//! * Store callbacks and values in the state only if `trace` shows them.
//! * `error::fatal` and `error::throw` return the error to hand on with `Err(..)`; nothing happens if you drop it.
//! * PHP values in statics or thread-locals must be dropped in `request_shutdown`: later the engine is gone.
//! * A class derived from one with state is `Class::<T>::derived(name)`, says `.extends(&PARENT)` and gets the same `&T`.
//! * Add the class's `register()` to the list in `src/php/mod.rs`, parents first.

pub mod args;
pub mod array;
pub mod call;
pub mod class;
pub mod constant;
pub mod descriptor;
pub mod error;
pub mod exit;
pub mod fiber;
mod fiber_abi;
pub mod foreach;
pub mod forked;
pub mod function;
pub mod gc;
pub mod hook;
pub mod ini;
pub mod input;
pub mod library;
pub mod loan;
pub mod memory;
pub mod module;
pub mod native;
pub mod object;
mod signature;
pub mod store;
pub mod string;
mod sys;
pub mod value;
pub mod world;

pub use args::{Arg, ByRef, Call, FromArg, Instance};
pub use array::{Array, Key};
pub use call::Callback;
pub use class::{Class, ClassEntry};
pub use descriptor::Descriptor;
pub use error::{Result, Thrown};
pub use foreach::Foreach;
pub use function::Functions;
pub use gc::{Gc, Trace};
pub use native::Native;
pub use object::{Object, Slot};
pub use string::Str;
pub use value::{IntoValue, Kind, Value};

const _: () =
    assert!(sys::USING_ZTS == 0, "thread-safe builds of PHP are not supported: build against an NTS PHP");
