/** Requests answered by functions whose kernels run on the emulator of the CUDA backend ({@code make test-cuda}). */
package dev.ebb.it.cuda;
