// The native methods of dev.ebb.nativecore.NativeBindings, all of them.
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/registry.h"
#include "jni/jni_support.h"

namespace ebb::jni {
namespace {

constexpr size_t kTextBytes = 1024;

// What a Java handle points to: a backend's handle and the table it belongs to.
struct Session {
  const ebb_backend *backend;
  ebb_handle *handle;
};

const ebb_backend &backend_of(JNIEnv *env, jstring name) {
  const std::string wanted = to_string(env, name);
  const ebb_backend *backend = find_backend(wanted);
  if (backend == nullptr) {
    throw Error(EBB_UNSUPPORTED, "this build of the native library has no backend named '" + wanted +
                                     "'; it has: " + backend_names() +
                                     (wanted == "cuda" ? "; make cuda-toolchain build (or images) puts it in" : ""));
  }
  if (backend->abi_version != EBB_ABI_VERSION) {
    throw Error(EBB_INTERNAL, "backend '" + wanted + "' has another version of the table");
  }
  return *backend;
}

Session &session_of(jlong handle) {
  if (handle == 0) fail_argument("the backend is closed");
  return *reinterpret_cast<Session *>(handle);
}

// Calls one function of the session's table; a failure becomes an Error.
template <typename Function, typename... Arguments>
void call(jlong handle, Function ebb_backend::*function, Arguments... arguments) {
  Session &session = session_of(handle);
  const ebb_status status = (session.backend->*function)(session.handle, arguments...);
  if (status != EBB_OK) throw Error(status, session.backend->last_error(session.handle));
}

// What the backend has to tell after a call, NULL for nothing, as nearly every step has.
jstring told(JNIEnv *env, jlong handle) {
  Session &session = session_of(handle);
  const char *notes = session.backend->notes(session.handle);
  return *notes == '\0' ? nullptr : env->NewStringUTF(notes);
}

std::vector<int32_t> to_vector(JNIEnv *env, jintArray array) {
  if (array == nullptr) fail_argument("a list of blocks is missing");
  const jsize length = env->GetArrayLength(array);
  std::vector<int32_t> copy(static_cast<size_t>(length));
  env->GetIntArrayRegion(array, 0, length, copy.data());
  return copy;
}

}  // namespace
}  // namespace ebb::jni

using namespace ebb::jni;

#define EBB_NATIVE(type, name) \
  extern "C" JNIEXPORT type JNICALL Java_dev_ebb_nativecore_NativeBindings_##name

EBB_NATIVE(jint, abiVersion)(JNIEnv *, jclass) { return EBB_ABI_VERSION; }

EBB_NATIVE(jstring, describe)(JNIEnv *env, jclass, jstring name) {
  return guard(env, [&]() -> jstring {
    std::array<char, kTextBytes> text{};
    const ebb_status status = backend_of(env, name).describe(text.data(), text.size());
    if (status != EBB_OK) throw ebb::Error(status, text.data());
    return env->NewStringUTF(text.data());
  });
}

EBB_NATIVE(jlong, open)(JNIEnv *env, jclass, jstring name, jint threads) {
  return guard(env, [&]() -> jlong {
    auto session = std::make_unique<Session>();
    session->backend = &backend_of(env, name);
    std::array<char, kTextBytes> text{};
    const ebb_status status =
        session->backend->open(threads, &session->handle, text.data(), text.size());
    if (status != EBB_OK) throw ebb::Error(status, text.data());
    return reinterpret_cast<jlong>(session.release());
  });
}

EBB_NATIVE(jstring, loadModel)(JNIEnv *env, jclass, jlong handle, jlong descriptor) {
  return guard(env, [&] {
    call(handle, &ebb_backend::load_model, reinterpret_cast<const ebb_model *>(descriptor));
    return told(env, handle);
  });
}

EBB_NATIVE(jstring, attachKv)
(JNIEnv *env, jclass, jlong handle, jlong address, jlong bytes, jint blocks, jint tokens, jint sequences,
 jint outputs) {
  return guard(env, [&] {
    const ebb_limits limits{tokens, sequences, outputs};
    call(handle, &ebb_backend::attach_kv, reinterpret_cast<void *>(address),
         static_cast<uint64_t>(bytes), static_cast<int32_t>(blocks), &limits);
    return told(env, handle);
  });
}

EBB_NATIVE(jstring, forward)(JNIEnv *env, jclass, jlong handle, jlong batch) {
  return guard(env, [&] {
    call(handle, &ebb_backend::forward, reinterpret_cast<const ebb_batch *>(batch));
    return told(env, handle);
  });
}

EBB_NATIVE(jboolean, chooses)(JNIEnv *env, jclass, jlong handle) {
  return guard(env, [&]() -> jboolean {
    return session_of(handle).backend->choose != nullptr ? JNI_TRUE : JNI_FALSE;
  });
}

EBB_NATIVE(void, choose)(JNIEnv *env, jclass, jlong handle, jlong sampling) {
  guard(env, [&] {
    if (session_of(handle).backend->choose == nullptr) {
      throw ebb::Error(EBB_UNSUPPORTED, "this backend chooses no tokens; take them from its logits");
    }
    call(handle, &ebb_backend::choose, reinterpret_cast<const ebb_sampling *>(sampling));
  });
}

EBB_NATIVE(void, copyBlocks)
(JNIEnv *env, jclass, jlong handle, jintArray source, jintArray target) {
  guard(env, [&] {
    const std::vector<int32_t> from = to_vector(env, source);
    const std::vector<int32_t> to = to_vector(env, target);
    if (from.size() != to.size()) {
      ebb::fail_argument("as many target blocks as source blocks are needed");
    }
    call(handle, &ebb_backend::copy_blocks, from.data(), to.data(),
         static_cast<int32_t>(from.size()));
  });
}

EBB_NATIVE(void, close)(JNIEnv *env, jclass, jlong handle) {
  guard(env, [&] {
    if (handle == 0) return;
    const std::unique_ptr<Session> session(&session_of(handle));
    session->backend->close(session->handle);
  });
}
