/** Where a request is computed: prefill then decode, or decode alone. */
package dev.ebb.router.place;
