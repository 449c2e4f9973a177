//! The module entry: what PHP asks a shared object for. `src/php/mod.rs` says what is in it.

use std::ffi::{c_int, c_uchar, c_ushort};
use std::panic::catch_unwind;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

use super::sys;

/// A module and its hooks. Each hook runs on the PHP thread.
#[derive(Clone, Copy, Debug)]
pub struct Module {
    /// The name for `extension_loaded()`.
    pub name: &'static str,
    /// The version for `phpversion(name)`.
    pub version: &'static str,
    /// Modules that start before this one if they are loaded.
    pub after: &'static [&'static str],
    /// Defines classes, functions, constants and settings. A panic here keeps the module from loading.
    pub startup: fn(),
    /// The process ends.
    pub shutdown: fn(),
    /// A script starts.
    pub request_startup: fn(),
    /// A script has ended: after its shutdown functions, before its objects are destroyed.
    pub request_shutdown: fn(),
    /// The rows of `php --ri`.
    pub info: fn() -> Vec<(&'static str, String)>,
}

/// Builds the entry for `get_module`. Later calls return the same entry.
pub fn entry(module: &'static Module) -> *mut ext_php_rs::ffi::zend_module_entry {
    static ENTRY: OnceLock<usize> = OnceLock::new();
    let address = ENTRY.get_or_init(|| {
        let _ = MODULE.set(module);
        Box::into_raw(Box::new(describe(module))).expose_provenance()
    });
    std::ptr::with_exposed_provenance_mut(*address)
}

/// Exports `get_module`, the symbol PHP looks for in a shared object. Stands in `lib.rs`, above all layers.
macro_rules! export {
    ($module:expr) => {
        /// What PHP looks for in a shared object.
        // SAFETY: no other symbol of this name can exist in one shared object.
        #[unsafe(no_mangle)]
        pub extern "C" fn get_module() -> *mut std::ffi::c_void {
            $crate::zend::module::entry(&$module).cast()
        }
    };
}
pub(crate) use export;

/// How PHP was started: "cli", "fpm-fcgi" ...
pub fn sapi() -> String {
    // SAFETY: the SAPI names itself before it loads modules, with a C string that lives as long as the process.
    let name = unsafe { std::ffi::CStr::from_ptr((*sys::ext_php_rs_sapi_module()).name) };
    name.to_string_lossy().into_owned()
}

/// The script that is running, as PHP names it.
pub fn running_file() -> std::path::PathBuf {
    use std::os::unix::ffi::OsStrExt;
    // SAFETY: the engine always has a name to give, a C string that lives as long as the code; it is copied.
    let name = unsafe { std::ffi::CStr::from_ptr(sys::zend_get_executed_filename()) };
    std::ffi::OsStr::from_bytes(name.to_bytes()).into()
}

/// The number PHP gave the module; only meaningful from startup on.
pub(super) fn number() -> c_int {
    NUMBER.load(Relaxed)
}

static MODULE: OnceLock<&'static Module> = OnceLock::new();
static NUMBER: AtomicI32 = AtomicI32::new(0);

fn describe(module: &Module) -> sys::zend_module_entry {
    sys::zend_module_entry {
        size: size_of::<sys::zend_module_entry>() as c_ushort,
        zend_api: sys::ZEND_MODULE_API_NO,
        zend_debug: sys::ZEND_DEBUG as c_uchar,
        zts: sys::USING_ZTS as c_uchar,
        ini_entry: std::ptr::null(),
        deps: dependencies(module.after),
        name: sys::kept(module.name),
        functions: std::ptr::null(),
        module_startup_func: Some(startup),
        module_shutdown_func: Some(shutdown),
        request_startup_func: Some(request_startup),
        request_shutdown_func: Some(request_shutdown),
        info_func: Some(info),
        version: sys::kept(module.version),
        globals_size: 0,
        globals_ptr: std::ptr::null_mut(),
        globals_ctor: None,
        globals_dtor: None,
        post_deactivate_func: None,
        module_started: 0,
        type_: 0,
        handle: std::ptr::null_mut(),
        module_number: 0,
        // SAFETY: a constant string compiled into the wrapper.
        build_id: unsafe { sys::ext_php_rs_php_build_id() },
    }
}

/// The table of modules to start after. It lives for ever, as the entry does.
fn dependencies(after: &[&str]) -> *const sys::_zend_module_dep {
    let dependency = |name: *const _, type_| sys::_zend_module_dep {
        name,
        rel: std::ptr::null(),
        version: std::ptr::null(),
        type_,
    };
    let named = after.iter().map(|name| dependency(sys::kept(name), sys::MODULE_DEP_OPTIONAL));
    let table: Vec<_> = named.chain([dependency(std::ptr::null(), 0)]).collect();
    table.leak().as_ptr()
}

/// Runs a hook; C sees a failure where Rust would unwind.
fn guarded(pick: fn(&Module) -> fn()) -> c_int {
    let Some(module) = MODULE.get() else { return FAILURE };
    if catch_unwind(pick(module)).is_ok() { SUCCESS } else { FAILURE }
}

unsafe extern "C" fn startup(_kind: c_int, number: c_int) -> c_int {
    NUMBER.store(number, Relaxed);
    std::panic::set_hook(Box::new(|panic| {
        // A panic is a bug in this extension: one line, then whoever catches it goes on.
        eprintln!("swoole-rs: internal error: {panic}");
    }));
    guarded(|module| module.startup)
}

unsafe extern "C" fn shutdown(_kind: c_int, number: c_int) -> c_int {
    let outcome = guarded(|module| module.shutdown);
    // SAFETY: the engine is shutting this module down and nobody reads its settings any more.
    unsafe { sys::zend_unregister_ini_entries(number) };
    outcome
}

unsafe extern "C" fn request_startup(_kind: c_int, _number: c_int) -> c_int {
    guarded(|module| module.request_startup)
}

unsafe extern "C" fn request_shutdown(_kind: c_int, _number: c_int) -> c_int {
    guarded(|module| module.request_shutdown)
}

unsafe extern "C" fn info(module: *mut sys::zend_module_entry) {
    let Some(rows) = MODULE.get().and_then(|module| catch_unwind(module.info).ok()) else { return };
    // SAFETY: the engine calls this to print; every cell is a C string that outlives its call.
    unsafe {
        sys::php_info_print_table_start();
        for (name, value) in rows {
            let name = std::ffi::CString::new(name).unwrap_or_default();
            let value = std::ffi::CString::new(value).unwrap_or_default();
            sys::php_info_print_table_row(2, name.as_ptr(), value.as_ptr());
        }
        sys::php_info_print_table_end();
        sys::display_ini_entries(module);
    }
}

const SUCCESS: c_int = 0;
const FAILURE: c_int = -1;
