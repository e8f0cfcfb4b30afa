// The only place where a status becomes a Java exception, and the only bridge
// between C++ exceptions and the Java virtual machine: none crosses.
#ifndef EBB_JNI_JNI_SUPPORT_H
#define EBB_JNI_JNI_SUPPORT_H

#include <jni.h>

#include <string>
#include <utility>

#include "core/error.h"

namespace ebb::jni {

// Name of the constant of BackendException.Reason for a status.
inline const char *reason_name(ebb_status status) {
  switch (status) {
    case EBB_INVALID_ARGUMENT: return "INVALID_ARGUMENT";
    case EBB_UNSUPPORTED: return "UNSUPPORTED";
    case EBB_OUT_OF_MEMORY: return "OUT_OF_MEMORY";
    case EBB_DEVICE_LOST: return "DEVICE_LOST";
    default: return "INTERNAL";
  }
}

// Leaves a BackendException pending. Where even that cannot be made, the error
// that the Java virtual machine raised instead (such as OutOfMemoryError) stays.
inline void raise(JNIEnv *env, ebb_status status, const std::string &message) {
  if (env->ExceptionCheck()) return;
  jclass reasons = env->FindClass("dev/ebb/engine/backend/BackendException$Reason");
  if (reasons == nullptr) return;
  jfieldID field = env->GetStaticFieldID(reasons, reason_name(status),
                                         "Ldev/ebb/engine/backend/BackendException$Reason;");
  if (field == nullptr) return;
  jobject reason = env->GetStaticObjectField(reasons, field);
  jclass type = env->FindClass("dev/ebb/engine/backend/BackendException");
  if (type == nullptr) return;
  jmethodID make = env->GetMethodID(
      type, "<init>", "(Ldev/ebb/engine/backend/BackendException$Reason;Ljava/lang/String;)V");
  jstring text = make == nullptr ? nullptr : env->NewStringUTF(message.c_str());
  if (text == nullptr) return;
  auto exception = static_cast<jthrowable>(env->NewObject(type, make, reason, text));
  if (exception != nullptr) env->Throw(exception);
}

// Runs body and returns its result; an exception becomes a Java one and gives
// the type's zero value, which Java never sees.
template <typename Body>
auto guard(JNIEnv *env, Body &&body) noexcept -> decltype(body()) {
  using Result = decltype(body());
  try {
    return std::forward<Body>(body)();
  } catch (const Error &e) {
    raise(env, e.status(), e.what());
  } catch (const std::bad_alloc &) {
    raise(env, EBB_OUT_OF_MEMORY, "the machine has not enough memory for this");
  } catch (const std::exception &e) {
    raise(env, EBB_INTERNAL, e.what());
  } catch (...) {
    raise(env, EBB_INTERNAL, "an exception of unknown type");
  }
  return Result();
}

// A Java string in modified UTF-8; names of backends are plain ASCII.
inline std::string to_string(JNIEnv *env, jstring text) {
  if (text == nullptr) fail_argument("a name is missing");
  const char *chars = env->GetStringUTFChars(text, nullptr);
  if (chars == nullptr) throw Error(EBB_OUT_OF_MEMORY, "no memory for a name");
  std::string copy(chars);
  env->ReleaseStringUTFChars(text, chars);
  return copy;
}

}  // namespace ebb::jni

#endif  // EBB_JNI_JNI_SUPPORT_H
