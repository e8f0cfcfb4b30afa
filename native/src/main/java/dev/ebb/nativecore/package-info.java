/**
 * The native backends: finds and loads {@code libebb.so}, encodes a model for it, and runs engine
 * steps through {@link dev.ebb.nativecore.NativeBindings}, the one class with native methods.
 */
package dev.ebb.nativecore;
