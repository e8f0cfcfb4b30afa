// Status codes shared by every backend and by the JNI layer.
//
// A backend reports what went wrong through the return value and leaves a
// sentence in its error buffer; only jni/jni_support.h turns a status into a
// Java exception.
#ifndef EBB_STATUS_H
#define EBB_STATUS_H

typedef enum ebb_status {
  EBB_OK = 0,
  EBB_INVALID_ARGUMENT = 1,  // The caller broke the contract of batch.h or model.h.
  EBB_UNSUPPORTED = 2,       // The machine or this build cannot do it.
  EBB_OUT_OF_MEMORY = 3,
  EBB_DEVICE_LOST = 4,       // The device is gone; close the handle and start again elsewhere.
  EBB_INTERNAL = 5           // A broken invariant inside the backend.
} ebb_status;

#endif  // EBB_STATUS_H
