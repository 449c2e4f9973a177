//! The engine's store of objects, and its list of resources.

use super::object::Object;
use super::sys;

/// Every object that lives.
pub fn objects() -> Vec<Object> {
    // SAFETY: a plain field of the globals.
    let top = unsafe { (*sys::eg()).objects_store.top };
    (1..top).filter_map(object).collect()
}

/// The object of a handle, as `spl_object_id()` gives it; None when there is none any more.
pub fn object(handle: u32) -> Option<Object> {
    // SAFETY: places below `top` hold a live object, or a number with the lowest bit set where one has been. An object
    // that is being destroyed is none that anybody may hold again.
    unsafe {
        let store = &raw const (*sys::eg()).objects_store;
        if handle == 0 || handle >= (*store).top {
            return None;
        }
        let object = *(*store).object_buckets.add(handle as usize);
        if object.addr() & FREED != 0 || (*object).gc.refcount == 0 {
            return None;
        }
        Object::copy_from(object)
    }
}

/// How many resources are open.
pub fn resource_count() -> u32 {
    // SAFETY: a table of the globals that lives as long as the script.
    unsafe { (*sys::eg()).regular_list.nNumOfElements }
}

/// `OBJ_BUCKET_INVALID`.
const FREED: usize = 1;
